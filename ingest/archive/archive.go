// Package archive gives the readers the files an upload is made of: the
// entries of a zip, or loose files beside each other on disk. Entries are
// streams; nothing is ever written to disk, and a name is a label to compare,
// never a path to open. Limits count the bytes truly read.
package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"

	"github.com/taohe-gis/taohe/ingest/record"
)

// directoryBytesPerEntry bounds what is read of a zip's central directory: an
// entry takes 46 bytes and its name, and a directory can lie about its length.
const directoryBytesPerEntry = 512

// An Archive is an opened set of files.
type Archive struct {
	entries []*Entry
	file    *os.File
	limits  record.Limits
}

// Open opens the zip at path. A file that is not a zip, or holds more entries
// than lim allows, gives a *record.RefusedError; an unreadable disk another
// error. Folders, __MACOSX and ._ entries are left out of Entries.
func Open(path string, lim record.Limits) (*Archive, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open archive: %w", err), f.Close())
	}
	a, err := Read(f, info.Size(), lim)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	a.file = f
	return a, nil
}

// Read is Open for a zip of size bytes in r, which must outlive the archive.
func Read(r io.ReaderAt, size int64, lim record.Limits) (*Archive, error) {
	bounded := &boundedReaderAt{r: r, size: size, left: int64(lim.MaxEntries)*directoryBytesPerEntry + 1<<17, limits: lim}
	zr, err := zip.NewReader(bounded, size)
	var refused *record.RefusedError
	switch {
	case errors.As(err, &refused):
		return nil, refused
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, record.Refuse("file.not_a_zip", map[string]string{"reason": err.Error()})
	case errors.Is(err, zip.ErrInsecurePath):
		// Names are never paths here, so that such a name does no harm.
	case err != nil:
		return nil, fmt.Errorf("open archive: %w", err)
	}
	bounded.unbounded = true
	// Half of the reading of a large upload is decompression, and the standard
	// library's is the slower by two fifths.
	zr.RegisterDecompressor(zip.Deflate, flate.NewReader)
	if len(zr.File) > lim.MaxEntries {
		return nil, tooManyEntries(lim)
	}
	a := &Archive{limits: lim}
	for _, zf := range zr.File {
		name := entryName(zf)
		if strings.HasSuffix(name, "/") || skipped(name) {
			continue
		}
		a.entries = append(a.entries, &Entry{
			Name: name, Size: int64(min(zf.UncompressedSize64, 1<<62)), limits: lim,
			compressed: int64(min(zf.CompressedSize64, uint64(size))), open: opener(zf),
		})
	}
	return a, nil
}

func tooManyEntries(lim record.Limits) error {
	return record.Refuse("file.limit", map[string]string{"what": "entries", "limit": strconv.Itoa(lim.MaxEntries)})
}

func opener(f *zip.File) func() (io.ReadCloser, error) {
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return func() (io.ReadCloser, error) {
			return nil, record.Refuse("file.encrypted", map[string]string{"part": f.Name})
		}
	}
	return f.Open
}

// Beside opens the loose files that share folder and base name with path, in
// whatever case: the parts of one shapefile.
func Beside(path string, lim record.Limits) (*Archive, error) {
	folder, file := filepath.Split(path)
	if folder == "" {
		folder = "."
	}
	listed, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("open files beside %s: %w", file, err)
	}
	a := &Archive{limits: lim}
	base := Base(file)
	for _, d := range listed {
		if !strings.EqualFold(Base(d.Name()), base) {
			continue
		}
		full := filepath.Join(folder, d.Name())
		info, err := os.Stat(full)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		a.entries = append(a.entries, &Entry{
			Name: d.Name(), Size: info.Size(), limits: lim,
			open: func() (io.ReadCloser, error) { return os.Open(full) },
		})
	}
	return a, nil
}

// Loose opens one file on disk as an archive of itself.
func Loose(path string, lim record.Limits) (*Archive, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return &Archive{limits: lim, entries: []*Entry{{
		Name: filepath.Base(path), Size: info.Size(), limits: lim,
		open: func() (io.ReadCloser, error) { return os.Open(path) },
	}}}, nil
}

// Folder opens the regular files of one folder on disk; their names begin with
// its own. Folders in it are not entered.
func Folder(path string, lim record.Limits) (*Archive, error) {
	listed, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	if len(listed) > lim.MaxEntries {
		return nil, tooManyEntries(lim)
	}
	a := &Archive{limits: lim}
	for _, d := range listed {
		full := filepath.Join(path, d.Name())
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			a.entries = append(a.entries, &Entry{
				Name: filepath.Base(path) + "/" + d.Name(), Size: info.Size(), limits: lim,
				open: func() (io.ReadCloser, error) { return os.Open(full) },
			})
		}
	}
	return a, nil
}

// A File is a named content held in memory.
type File struct {
	Name    string
	Content []byte
}

// Of is an archive of files held in memory, in the given order.
func Of(lim record.Limits, files ...File) *Archive {
	a := &Archive{limits: lim}
	for _, f := range files {
		a.entries = append(a.entries, &Entry{
			Name: f.Name, Size: int64(len(f.Content)), limits: lim,
			open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Content)), nil },
		})
	}
	return a
}

// Entries lists the files in the archive's order.
func (a *Archive) Entries() []*Entry { return a.entries }

// Limits are those the archive was opened with.
func (a *Archive) Limits() record.Limits { return a.limits }

// Close closes the zip file; entries can no longer be read.
func (a *Archive) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// Base is the name without its last extension, folders kept: what the parts of
// a shapefile have in common.
func Base(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// boundedReaderAt refuses to read more than its budget until it is freed. An
// offset outside the file, which only a damaged directory asks for, is a fault
// of the file and not of the disk.
type boundedReaderAt struct {
	r         io.ReaderAt
	size      int64
	left      int64
	limits    record.Limits
	unbounded bool
}

func (b *boundedReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > b.size {
		return 0, io.ErrUnexpectedEOF
	}
	if b.unbounded {
		return b.r.ReadAt(p, off)
	}
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, tooManyEntries(b.limits)
	}
	return b.r.ReadAt(p, off)
}
