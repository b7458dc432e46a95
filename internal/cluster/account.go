//go:build unix

package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// An account is the operating-system user the server runs as.
type account struct {
	uid, gid int
	name     string
	// drop says that this program is root and has to become that user.
	drop bool
}

// serverAccount is the user of this program; for root the owner of pgdata when
// it is there, else postgres, else nobody.
func serverAccount(pgdata string) (account, error) {
	me := account{uid: os.Geteuid(), gid: os.Getegid(), name: userName(os.Geteuid())}
	owner := -1
	info, err := os.Stat(pgdata)
	if err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			owner = int(st.Uid)
		}
	}
	if me.uid != 0 {
		if owner >= 0 && owner != me.uid {
			return account{}, fmt.Errorf("%s belongs to user %s: run as %s or as root, or choose another data directory", pgdata, userName(owner), userName(owner))
		}
		return me, nil
	}
	if owner > 0 {
		if u, err := user.LookupId(strconv.Itoa(owner)); err == nil {
			return dropTo(u)
		}
		return account{uid: owner, gid: owner, name: strconv.Itoa(owner), drop: true}, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil && u.Uid != "0" {
			return dropTo(u)
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody: run as an ordinary user")
}

func dropTo(u *user.User) (account, error) {
	uid, errUID := strconv.Atoi(u.Uid)
	gid, errGID := strconv.Atoi(u.Gid)
	if err := errors.Join(errUID, errGID); err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return account{uid: uid, gid: gid, name: u.Username, drop: true}, nil
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

// command runs a program of PostgreSQL as the account, in a session of its
// own: a Ctrl-C at the terminal is for this program, which then stops the
// server in order. When ctx ends, the program and its children are killed.
func (a account) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	// The account may not be able to enter the directory we are in.
	cmd.Dir = "/"
	cmd.Env = serverEnv(os.Environ())
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// serverEnv drops what would steer PostgreSQL away from its arguments, and
// makes its messages English.
func serverEnv(environ []string) []string {
	env := make([]string, 0, len(environ)+1)
	for _, v := range environ {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") {
			env = append(env, v)
		}
	}
	return append(env, "LC_ALL=C")
}

// own gives a directory that we made to the account.
func (a account) own(dir string) error {
	if !a.drop {
		return nil
	}
	return os.Chown(dir, a.uid, a.gid)
}

// canEnter tries, as the account, to enter dir, and says which directory on
// the way is shut when it cannot.
func (a account) canEnter(ctx context.Context, dir string) error {
	if !a.drop {
		return nil
	}
	err := a.command(ctx, "/bin/sh", "-c", `cd "$1"`, "sh", dir).Run()
	var exit *exec.ExitError
	if err == nil || !errors.As(err, &exit) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &UnreachableError{DataDir: dir, Blocker: a.blocker(dir), User: a.name}
}

// blocker is the outermost directory on the way to dir that does not let the
// account pass by its mode.
func (a account) blocker(dir string) string {
	found := dir
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(d); err == nil {
			if st, ok := info.Sys().(*syscall.Stat_t); ok && !a.mayPass(info.Mode(), st) {
				found = d
			}
		}
		if d == filepath.Dir(d) {
			return found
		}
	}
}

func (a account) mayPass(mode os.FileMode, st *syscall.Stat_t) bool {
	switch {
	case int(st.Uid) == a.uid:
		return mode&0o100 != 0
	case int(st.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}
