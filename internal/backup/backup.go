// Package backup writes a database into a folder and makes one out of it again: a
// dump by PostgreSQL's own program, and a manifest that says what has to be in it. A
// restored database that is not as the manifest says is an error, not a warning.
package backup

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlContents = pg.MustLoad(sqlFS, "sql/contents.sql")
	sqlAudit    = pg.MustLoad(sqlFS, "sql/audit.sql")
	sqlRuns     = pg.MustLoad(sqlFS, "sql/runs.sql")
	sqlRoles    = pg.MustLoad(sqlFS, "sql/roles.sql")
	sqlThings   = pg.MustLoad(sqlFS, "sql/things.sql")
)

// Make writes a backup of the database into a new folder, all of one moment, while
// others go on working. The folder has its name once it is whole. program and now
// are for the manifest. A *RefusedError, when the folder is there already.
func Make(ctx context.Context, pool *pgxpool.Pool, dir, program string, now time.Time) (m Manifest, err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		if err == nil {
			err = refuse("%s 已经存在。备份不覆盖已有内容，请另起文件夹名。", dir)
		}
		return m, err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return m, err
	}
	draft, err := os.MkdirTemp(parent, ".taohe-backup-")
	if err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(draft)
		}
	}()
	m = Manifest{Format: format, MadeAt: now.UTC().Truncate(time.Second), Program: program}
	of := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, pool, of, func(tx pgx.Tx) error {
		if err := m.fill(ctx, tx); err != nil {
			return err
		}
		return dump(ctx, tx, pool.Config().ConnString(), filepath.Join(draft, dumpName))
	})
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	m.Dump.File = dumpName
	if m.Dump.Bytes, m.Dump.SHA256, err = sum(filepath.Join(draft, dumpName)); err != nil {
		return m, err
	}
	if err := m.write(draft); err != nil {
		return m, err
	}
	return m, os.Rename(draft, dir)
}

// fill asks for all that the manifest says, in the transaction that is dumped.
func (m *Manifest) fill(ctx context.Context, tx pgx.Tx) error {
	err := tx.QueryRow(ctx, sqlContents.SQL()).Scan(&m.Schema, &m.Postgres, &m.PostGIS, &m.Ledger.Events, &m.Ledger.Head)
	if err != nil {
		return sqlContents.Named(err)
	}
	var kept bool
	if err := tx.QueryRow(ctx, `select to_regclass('audit_head') is not null`).Scan(&kept); err != nil {
		return err
	}
	if kept {
		if err := tx.QueryRow(ctx, sqlAudit.SQL()).Scan(&m.Audit.Events, &m.Audit.Head); err != nil {
			return sqlAudit.Named(err)
		}
	}
	rows, err := tx.Query(ctx, sqlRuns.SQL())
	if err != nil {
		return sqlRuns.Named(err)
	}
	if m.Runs, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Run]); err != nil {
		return sqlRuns.Named(err)
	}
	if rows, err = tx.Query(ctx, sqlRoles.SQL()); err != nil {
		return sqlRoles.Named(err)
	}
	m.Roles, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Role])
	return sqlRoles.Named(err)
}

// dump has pg_dump write what the transaction sees.
func dump(ctx context.Context, tx pgx.Tx, dsn, to string) error {
	var major int
	var snapshot string
	err := tx.QueryRow(ctx, `select current_setting('server_version_num')::int / 10000, pg_export_snapshot()`).Scan(&major, &snapshot)
	if err != nil {
		return err
	}
	return client(ctx, "pg_dump", major, dsn, func(dsn string) []string {
		return []string{"--format=custom", "--no-password", "--snapshot=" + snapshot, "--file=" + to, "--dbname=" + dsn}
	})
}

// client runs a program of PostgreSQL's on a database. The password does not stand
// among its arguments, which everybody on the machine can read.
func client(ctx context.Context, name string, major int, dsn string, args func(dsn string) []string) error {
	program, err := cluster.ClientProgram(ctx, name, major)
	if err != nil {
		return err
	}
	open, password, err := pg.WithoutPassword(dsn)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, args(open)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		text := strings.TrimSpace(said.String())
		return fmt.Errorf("%s: %w; it said:\n%s", name, err, text[max(0, len(text)-2048):])
	}
	return nil
}

// sum is how large a file is, and its SHA-256.
func sum(name string) (bytes int64, hash string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	h := sha256.New()
	if bytes, err = io.Copy(h, f); err != nil {
		return 0, "", err
	}
	return bytes, hex.EncodeToString(h.Sum(nil)), nil
}

// write writes the manifest, and has the disk hold both files: a backup that is
// said to be made outlives a power cut.
func (m *Manifest) write(dir string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), append(b, '\n'), 0o600); err != nil {
		return err
	}
	for _, name := range []string{dumpName, manifestName} {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
