package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/taohe-gis/taohe/report/vector"
)

// spoolPrefix begins the name of every folder of the spool, so that clean
// removes nothing else.
const spoolPrefix = "upload-"

// spool is the folder where uploads wait for their import, each in a folder of
// its own, under its own name.
type spool struct{ dir string }

// cleanSpool removes what a service that was killed left behind, and no file
// that waits for its load.
func (s *service) cleanSpool() error {
	var waiting []string
	if s.Work != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		var err error
		if waiting, err = s.Work.Waiting(ctx); err != nil {
			return err
		}
	}
	return s.spool.clean(waiting)
}

// clean removes all folders but those to be kept, and the files of findings that a
// service was killed over.
func (s spool) clean(keep []string) error {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), spoolPrefix) && !slices.Contains(keep, e.Name()) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(s.dir, e.Name())))
		}
		if !e.IsDir() && strings.HasPrefix(e.Name(), vector.TemporaryPrefix) {
			err = errors.Join(err, os.Remove(filepath.Join(s.dir, e.Name())))
		}
	}
	return err
}

// spooled is an upload on disk.
type spooled struct {
	folder string
	path   string
	name   string // as the sender calls it
	bytes  int64
}

// take writes r to disk. On error nothing is left.
func (s spool) take(name string, r io.Reader) (_ *spooled, err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	folder, err := os.MkdirTemp(s.dir, spoolPrefix)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	up := &spooled{folder: folder, path: filepath.Join(folder, fileName(name)), name: name}
	defer func() {
		if err != nil {
			up.remove()
		}
	}()
	f, err := os.OpenFile(up.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	if up.bytes, err = io.Copy(f, r); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return up, nil
}

// remove takes the upload from disk; it may be called more than once.
func (u *spooled) remove() {
	if u != nil {
		_ = os.RemoveAll(u.folder) // the next start tries again
	}
}

// fileName is what the sender calls the file, as a name that every file system
// takes: readers look at its ending and call a layer after it.
func fileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) || strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	const longest = 200 // bytes; the end is kept, which says what the file is
	for len(name) > longest {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	if strings.Trim(name, ". ") == "" {
		return "file"
	}
	return name
}
