// Package gpkg reads GeoPackages (OGC 12-128r18) as streams, through SQLite in
// pure Go. The file is opened read-only and immutable: no journal is made
// beside it, no view, trigger or virtual table of it runs. Every feature table
// is a layer; other contents are named and left. Memory is bounded by the
// largest row.
package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite" // registers the driver too
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

// Signature is how every SQLite database begins, and so every GeoPackage.
const Signature = "SQLite format 3\x00"

// Options are the caller's choices.
type Options struct {
	// How is the Reference.How of the layers; "gpkg" where it is empty.
	How string
	// Notes are put before the diagnostics of each layer.
	Notes []taohe.Diagnostic
}

// A File is an opened GeoPackage.
type File struct {
	db     *sql.DB
	path   string
	remove string // temporary file, "" for none
	limits record.Limits
	opts   Options
	layers []*Layer
}

// Open opens the GeoPackage at path. One that is none, or is damaged, gives a
// *record.RefusedError.
func Open(ctx context.Context, path string, lim record.Limits, opts Options) (*File, error) {
	if opts.How == "" {
		opts.How = "gpkg"
	}
	f := &File{path: path, limits: lim, opts: opts}
	if err := f.open(ctx); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Spool copies an entry of an archive to a temporary file, within the limits,
// and opens that; Close removes it. SQLite reads files, not streams.
func Spool(ctx context.Context, e *archive.Entry, lim record.Limits, opts Options) (*File, error) {
	path, err := spool(ctx, e, lim)
	if err != nil {
		return nil, err
	}
	f, err := Open(ctx, path, lim, opts)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	f.remove = path
	return f, nil
}

func spool(ctx context.Context, e *archive.Entry, lim record.Limits) (path string, err error) {
	in, err := e.Open(archive.NewBudget(lim))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.CreateTemp("", "taohe-*.gpkg")
	if err != nil {
		return "", fmt.Errorf("spool %s: %w", e.Name, err)
	}
	_, err = io.Copy(out, reader{ctx, in})
	if err = errors.Join(err, out.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("spool %s: %w", e.Name, err), os.Remove(out.Name()))
	}
	return out.Name(), nil
}

// A reader stops when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// Layers are the feature tables in the order of gpkg_contents.
func (f *File) Layers() []*Layer { return f.layers }

// Close closes the database and removes the temporary file.
func (f *File) Close() error {
	var err error
	if f.db != nil {
		err = f.db.Close()
		f.db = nil
	}
	if f.remove != "" {
		err = errors.Join(err, os.Remove(f.remove))
		f.remove = ""
	}
	return err
}

// source names the file to SQLite. trusted_schema(0) keeps functions out of
// what the file itself defines; the cache is small because each page is read
// once.
func source(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	query := url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {
		"trusted_schema(0)", "query_only(1)", "cell_size_check(1)", "mmap_size(0)", "cache_size(-4000)", "temp_store(2)",
	}}
	u := url.URL{Scheme: "file", OmitHost: true, Path: full, RawQuery: query.Encode()}
	return u.String(), nil
}

func (f *File) open(ctx context.Context) error {
	if err := f.look(); err != nil {
		return err
	}
	name, err := source(f.path)
	if err != nil {
		return fmt.Errorf("open geopackage: %w", err)
	}
	if f.db, err = sql.Open("sqlite", name); err != nil {
		return fmt.Errorf("open geopackage: %w", err)
	}
	conn, err := f.conn(ctx)
	if err != nil {
		return f.judge(err)
	}
	defer conn.Close()
	return f.judge(f.survey(ctx, conn))
}

// look judges what SQLite would not tell.
func (f *File) look() error {
	in, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("open geopackage: %w", err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return fmt.Errorf("open geopackage: %w", err)
	}
	if info.Size() > f.limits.MaxBytes {
		return record.Refuse("file.limit", map[string]string{"what": "bytes of " + filepath.Base(f.path), "limit": strconv.FormatInt(f.limits.MaxBytes, 10)})
	}
	var head [100]byte
	n, err := io.ReadFull(in, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("open geopackage: %w", err)
	}
	if n < len(head) || string(head[:len(Signature)]) != Signature {
		return record.Refuse("gpkg.not_geopackage", map[string]string{"reason": "no SQLite header"})
	}
	// File format, §1.3.3: a reader of version 2 uses a write-ahead log, which is
	// not part of an upload. Rows in it are lost, and nothing else tells.
	if head[18] == 2 || head[19] == 2 {
		f.opts.Notes = append(f.opts.Notes[:len(f.opts.Notes):len(f.opts.Notes)], taohe.Diagnostic{Code: "gpkg.write_ahead"})
	}
	return nil
}

// conn takes a connection whose single values are bounded: a row may not claim
// a gigabyte.
func (f *File) conn(ctx context.Context) (*sql.Conn, error) {
	conn, err := f.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	// A position of four ordinates takes 32 bytes.
	largest := min(32*int64(f.limits.MaxVertices)+int64(f.limits.MaxFields)*int64(f.limits.MaxFieldSize)+1<<16, 1<<30)
	if _, err := sqlite.Limit(conn, sqlite3.SQLITE_LIMIT_LENGTH, int(largest)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// judge tells bad data from a broken system in what SQLite returns.
func (f *File) judge(err error) error {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return err
	}
	switch fault.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_TOOBIG,
		sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH:
		return record.Refuse("gpkg.damaged", map[string]string{"reason": reason(fault)})
	}
	return fmt.Errorf("geopackage %s: %w", filepath.Base(f.path), err)
}

// reason is SQLite's text without the number of its code.
func reason(fault *sqlite.Error) string {
	text := fault.Error()
	if i := strings.LastIndex(text, " ("); i > 0 {
		text = text[:i]
	}
	return text
}
