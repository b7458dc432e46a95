package pg

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A Statement is one SQL statement out of a file of its own, whose head
// comment says what it does and names each of its arguments:
//
//	-- overlaps: the part of each patch inside a constraint layer.
//	-- @layer   the constraint layer
//	-- @county  six-digit code
//	select …
//
// Its arguments are given by name (pgx.StrictNamedArgs), never by position.
type Statement struct {
	name, sql string
	args      []string
}

// Name is the file's base name without ".sql".
func (s Statement) Name() string { return s.name }

// SQL is the text of the file, with @arguments.
func (s Statement) SQL() string { return s.sql }

// Named says of an error which statement it is of; nil stays nil.
func (s Statement) Named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", s.name, err)
}

// Args lists the arguments' names in the order of the head comment.
func (s Statement) Args() []string { return slices.Clone(s.args) }

var headArgument = regexp.MustCompile(`@([A-Za-z_][A-Za-z0-9_]*)`)

// Load reads the statement in the named file of fsys. It is an error when the
// file has no head comment, or when the arguments that the comment names are
// not exactly those of the statement.
func Load(fsys fs.FS, name string) (Statement, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return Statement{}, fmt.Errorf("load statement: %w", err)
	}
	s := Statement{
		name: strings.TrimSuffix(path.Base(name), ".sql"),
		sql:  strings.TrimSuffix(strings.TrimSpace(string(b)), ";"),
	}
	head := headComment(s.sql)
	if head == "" {
		return Statement{}, fmt.Errorf("load statement %s: no head comment", name)
	}
	named := pgx.StrictNamedArgs{}
	for _, m := range headArgument.FindAllStringSubmatch(head, -1) {
		if _, again := named[m[1]]; !again {
			s.args = append(s.args, m[1])
		}
		named[m[1]] = nil
	}
	if _, _, err := named.RewriteQuery(context.Background(), nil, s.sql, nil); err != nil {
		return Statement{}, fmt.Errorf("load statement %s: head comment and statement differ: %w", name, err)
	}
	return s, nil
}

// MustLoad is Load for package variables over embedded files: what is compiled
// in cannot be mended at run time, so it panics.
func MustLoad(fsys fs.FS, name string) Statement {
	s, err := Load(fsys, name)
	if err != nil {
		panic(err)
	}
	return s
}

// A DB is a pool, a connection or a transaction.
type DB interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// LoadAll reads every .sql file below the root of fsys, in the order of paths.
func LoadAll(fsys fs.FS) ([]Statement, error) {
	var all []Statement
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".sql" {
			return err
		}
		s, err := Load(fsys, name)
		all = append(all, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// headComment is the run of "--" lines the text begins with.
func headComment(sql string) string {
	var head strings.Builder
	for line := range strings.Lines(sql) {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			break
		}
		head.WriteString(line)
	}
	return head.String()
}

// A Preparer parses a statement on the server without running it:
// a *pgx.Conn or a pgx.Tx.
type Preparer interface {
	Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error)
}

// Prepare has the server parse the statement: every name and type in it is
// checked, nothing is run. The error names the file and carries the server's.
func (s Statement) Prepare(ctx context.Context, db Preparer) error {
	sql, _, err := pgx.NamedArgs{}.RewriteQuery(ctx, nil, s.sql, nil)
	if err != nil {
		return fmt.Errorf("prepare %s: %w", s.name, err)
	}
	if _, err := db.Prepare(ctx, "", sql); err != nil {
		return fmt.Errorf("prepare %s: %w", s.name, err)
	}
	return nil
}
