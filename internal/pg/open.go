// Package pg is the way to the database: the pool, transactions, embedded SQL
// statements, migrations, and the checks made before anything is served. It
// knows no table of the program, and it is not an abstraction over pgx.
package pg

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Options of a pool. The zero value is the sensible default.
type Options struct {
	// ApplicationName is what pg_stat_activity shows; "taohe" when empty.
	ApplicationName string
	// MaxConns is the most connections held at a time; when 0, the larger of
	// 8 and four for each processor.
	MaxConns int32
	// Limits are what the server ends of its own accord.
	Limits Limits
	// Slow logs statements that take long; nil logs none.
	Slow *SlowLog
}

// Open returns a pool on the database that dsn names (a URL or keyword/value
// string as libpq reads them), having reached the server once. Values of type
// geometry and geography travel as EWKB in []byte, in both directions and in
// COPY. That holds for connections made when the PostGIS extension is there:
// on an empty database, call Migrate first.
//
// A DSN that cannot be read, and a server that cannot be reached, are errors.
func Open(ctx context.Context, dsn string, o Options) (*pgxpool.Pool, error) {
	cfg, err := poolConfig(dsn, o)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	toPrimary(cfg.ConnConfig)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return pool, nil
}

// hostTimeout is how long one of several servers may take to let a connection in
// before the next is asked: a machine that is gone does not answer at all.
const hostTimeout = 5 * time.Second

// toPrimary has a connection string that names several servers lead to the one of
// them that takes writes, be it another than yesterday. What only reads has replicas
// of its own.
func toPrimary(cfg *pgx.ConnConfig) {
	several := false
	for _, f := range cfg.Fallbacks { // also one for each way to encrypt
		several = several || f.Host != cfg.Host || f.Port != cfg.Port
	}
	if !several {
		return
	}
	if cfg.ValidateConnect == nil {
		cfg.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = hostTimeout
	}
}

func poolConfig(dsn string, o Options) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, unreadable(err)
	}
	if o.ApplicationName == "" {
		o.ApplicationName = "taohe"
	}
	if o.MaxConns == 0 {
		o.MaxConns = int32(min(max(8, 4*runtime.GOMAXPROCS(0)), 64))
	}
	cfg.MaxConns = o.MaxConns
	cfg.MaxConnIdleTime = 5 * time.Minute
	// A connection remembers the plans and tables of every dataset it met, and lets
	// none of it go: a fresh one is cheap, one of an hour's age holds 100 MB.
	cfg.MaxConnLifetime = 10 * time.Minute
	cfg.MaxConnLifetimeJitter = 5 * time.Minute
	cfg.ConnConfig.RuntimeParams["application_name"] = o.ApplicationName
	// Dates and figures must not depend on where the server stands.
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	o.Limits.set(cfg.ConnConfig.RuntimeParams)
	if o.Slow != nil {
		cfg.ConnConfig.Tracer = o.Slow
	}
	cfg.AfterConnect = registerGeometry
	cfg.PrepareConn = assume
	return cfg, nil
}

// geometryTypesSQL finds the types by the extension that owns them, because
// their OIDs differ from database to database and their schema may be any.
const geometryTypesSQL = `
select t.typname, t.oid, t.typarray
from pg_type t
join pg_depend d on d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'
join pg_extension e on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid
where e.extname = 'postgis' and t.typname in ('geometry', 'geography')
order by t.typname`

// registerGeometry makes pgx treat geometry and geography as bytea: the binary
// format of both is EWKB. Without it []byte cannot be a parameter, and EWKB
// cannot be scanned.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, geometryTypesSQL)
	if err != nil {
		return fmt.Errorf("look up geometry types: %w", err)
	}
	var name string
	var oid, array uint32
	_, err = pgx.ForEachRow(rows, []any{&name, &oid, &array}, func() error {
		t := &pgtype.Type{Name: name, OID: oid, Codec: pgtype.ByteaCodec{}}
		conn.TypeMap().RegisterType(t)
		if array != 0 {
			conn.TypeMap().RegisterType(&pgtype.Type{
				Name: "_" + name, OID: array, Codec: &pgtype.ArrayCodec{ElementType: t},
			})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look up geometry types: %w", err)
	}
	return nil
}

// A Beginner starts a transaction: a pool, a connection, or a transaction
// (which starts a savepoint).
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// commitTimeout is how long a commit may take: that of a large load writes all of
// it to disk.
const commitTimeout = 5 * time.Minute

// InTx runs fn in a transaction: committed when fn returns nil, rolled back
// when it returns an error or panics. fn's error comes back as it is. The note of the
// context, if it has one that is not written yet, is written at its end.
func InTx(ctx context.Context, db Beginner, fn func(pgx.Tx) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		// A context that is already cancelled must not keep the rollback from
		// reaching the server. After a commit this does nothing.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(ctx)
	}()
	if err := fn(tx); err != nil {
		return err
	}
	committed := false
	if _, within := db.(pgx.Tx); !within {
		ended, err := noted(ctx, tx)
		defer func() { ended(committed) }()
		if err != nil {
			return fmt.Errorf("note: %w", err)
		}
	}
	// A commit that is cut off may have happened or not, and nobody could say
	// which: so it is either not begun or waited for.
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	if err := tx.Commit(ctx); err != nil {
		if errors.Is(err, pgx.ErrTxCommitRollback) {
			return fmt.Errorf("commit: a statement failed and its error was not returned: %w", err)
		}
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	return nil
}
