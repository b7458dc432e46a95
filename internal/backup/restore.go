package backup

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
)

// Check reads a backup's folder and says whether its data is as it was written; a
// *RefusedError, when not.
func Check(dir string) (Manifest, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return m, err
	}
	bytes, hash, err := sum(filepath.Join(dir, dumpName))
	if err != nil {
		return m, refuse("备份中的 %s 读不出来（%v）。请改用另一份备份。", dumpName, err)
	}
	if bytes != m.Dump.Bytes || hash != m.Dump.SHA256 {
		return m, refuse("备份已损坏：%s 与清单不符（应为 %d 字节、SHA-256 %s，现为 %d 字节、%s）。没有恢复任何内容，请改用另一份备份。",
			dumpName, m.Dump.Bytes, m.Dump.SHA256, bytes, hash)
	}
	return m, nil
}

// Restore makes a backup the content of an empty database, all of it or nothing,
// brings it to this program's schema and holds it against the manifest: the chains of
// the ledger and of the audit log, and the digest of every run as taken anew. A *RefusedError, when the
// backup is damaged, newer than the program, or the database not empty. What does not
// hold after that is an error, and the database not to be used.
func Restore(ctx context.Context, dsn, dir string) (m Manifest, v ledger.Verification, err error) {
	if m, err = Check(dir); err != nil {
		return m, v, err
	}
	newest, err := pg.NewestMigration()
	if err != nil {
		return m, v, err
	}
	if m.Schema > newest {
		return m, v, refuse("备份的数据库结构版本为 %d，本程序只到 %d。请用制作备份的版本（%s）或更新的版本恢复。", m.Schema, newest, m.Program)
	}
	pool, err := pg.Open(ctx, dsn, pg.Options{ApplicationName: "taohe restore", MaxConns: 4})
	if err != nil {
		return m, v, err
	}
	defer pool.Close()
	var things, major int
	if err := pool.QueryRow(ctx, sqlThings.SQL()).Scan(&things); err != nil {
		return m, v, sqlThings.Named(err)
	}
	if things > 0 {
		return m, v, refuse("目标数据库 %s 不是空的（有 %d 个表等对象）。恢复只写入空数据库，请新建一个（createdb），或用 --database 另起名称。", pg.Describe(dsn), things)
	}
	if err := m.makeRoles(ctx, pool); err != nil {
		return m, v, fmt.Errorf("restore: %w", err)
	}
	if err := pool.QueryRow(ctx, `select current_setting('server_version_num')::int / 10000`).Scan(&major); err != nil {
		return m, v, err
	}
	err = client(ctx, "pg_restore", major, dsn, func(dsn string) []string {
		return []string{"--single-transaction", "--exit-on-error", "--no-owner", "--no-password", "--dbname=" + dsn, filepath.Join(dir, dumpName)}
	})
	if err != nil {
		return m, v, fmt.Errorf("restore: %w", err)
	}
	// A dump holds no statistics, and without them a run takes hours.
	if _, err := pool.Exec(ctx, `analyze`); err != nil {
		return m, v, fmt.Errorf("restore: %w", err)
	}
	if err := m.holds(ctx, pool); err != nil {
		return m, v, err
	}
	if err := pg.Migrate(ctx, dsn); err != nil {
		return m, v, err
	}
	v, err = verify(ctx, dsn)
	if err == nil && len(v.Breaks) > 0 {
		err = fmt.Errorf("the restored database is not as it was written: %v (%d breaks): do not use it", v.Breaks[0], len(v.Breaks))
	}
	return m, v, err
}

// makeRoles makes those of the program's roles that the server does not have.
func (m *Manifest) makeRoles(ctx context.Context, pool *pgxpool.Pool) error {
	return pg.InTx(ctx, pool, func(tx pgx.Tx) error {
		for _, r := range m.Roles {
			var there bool
			if err := tx.QueryRow(ctx, `select exists (select from pg_roles where rolname = $1)`, r.Name).Scan(&there); err != nil {
				return err
			}
			if there {
				continue
			}
			if _, err := tx.Exec(ctx, "create role "+pgx.Identifier{r.Name}.Sanitize()+" nologin"); err != nil {
				return err
			}
		}
		for _, r := range m.Roles {
			for _, of := range r.MemberOf {
				if _, err := tx.Exec(ctx, "grant "+pgx.Identifier{of}.Sanitize()+" to "+pgx.Identifier{r.Name}.Sanitize()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// holds compares what was restored with the manifest.
func (m *Manifest) holds(ctx context.Context, pool *pgxpool.Pool) error {
	var now Manifest
	of := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, pool, of, func(tx pgx.Tx) error { return now.fill(ctx, tx) })
	if err != nil {
		return err
	}
	if now.Schema != m.Schema || now.Ledger != m.Ledger || now.Audit != m.Audit || !slices.Equal(now.Runs, m.Runs) {
		return fmt.Errorf("the restored database is not what the manifest says: schema %d, ledger %+v, audit log %+v, runs %v; want schema %d, ledger %+v, audit log %+v, runs %v: do not use it",
			now.Schema, now.Ledger, now.Audit, now.Runs, m.Schema, m.Ledger, m.Audit, m.Runs)
	}
	return nil
}

// verify recomputes the chains and the digests, on connections that know the types
// which the restored extension brought.
func verify(ctx context.Context, dsn string) (v ledger.Verification, err error) {
	pool, err := pg.Open(ctx, dsn, pg.Options{ApplicationName: "taohe restore", MaxConns: 4})
	if err != nil {
		return v, err
	}
	defer pool.Close()
	if err := pg.Check(ctx, pool); err != nil {
		return v, err
	}
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		return v, err
	}
	defer p.Close()
	audit, err := access.New(pool).Verify(ctx)
	if err != nil {
		return v, err
	}
	if v, err = p.Verify(ctx); err == nil && audit.Break != "" {
		err = fmt.Errorf("the restored database is not as it was written: %s: do not use it", audit.Break)
	}
	return v, err
}
