//go:build !unix

package cluster

import (
	"context"
	"os"
	"os/exec"
)

// Without Unix users, sockets and locks Start ends at the first of these.

type account struct{ name string }

func serverAccount(string) (account, error) { return account{}, ErrUnsupported }

func (account) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, program, args...)
}

func (account) own(string) error { return ErrUnsupported }

func (account) canEnter(context.Context, string) error { return ErrUnsupported }

func lockDataDir(string) (*os.File, error) { return nil, ErrUnsupported }

func alive(int) bool { return false }

func isServerOf(context.Context, int, string) bool { return false }

func stopProcess(context.Context, int) error { return ErrUnsupported }
