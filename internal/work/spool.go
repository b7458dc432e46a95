package work

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// spoolFile holds the name of a spool folder's queue.
const spoolFile = ".queue"

// spoolQueue is the name of the queue of the files in a spool folder: whoever
// has the folder can load them, on whatever machine and wherever it is mounted,
// and nobody else. The first to ask gives the name.
func spoolQueue(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("spool: %w", err)
	}
	// Complete before it has its name, so that no other reads half of it.
	draft, err := os.CreateTemp(dir, spoolFile+"-")
	if err != nil {
		return "", fmt.Errorf("spool: %w", err)
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString("import_" + strings.ToLower(rand.Text()))
	if err = errors.Join(err, draft.Close()); err != nil {
		return "", fmt.Errorf("spool: %w", err)
	}
	name := filepath.Join(dir, spoolFile)
	if err := os.Link(draft.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("spool: %w", err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("spool: %w", err)
	}
	return string(b), nil
}
