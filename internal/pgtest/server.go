package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/migrations"
)

// A server is where the databases are made.
type server struct {
	admin    *pgxpool.Pool
	dsn      func(database string) string
	template string

	mu sync.Mutex
	// templates are those of From, by key.
	templates map[string]func() (string, error)

	// The rest is set for a private server only.
	cluster *cluster.Cluster
	dir     string
	watch   *watchdog
}

// start makes the server ready, with its template migrated.
func start(ctx context.Context) (*server, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	var s *server
	var err error
	if given := os.Getenv(urlVariable); given != "" {
		s, err = useGiven(given)
	} else {
		s, err = startPrivate(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func useGiven(given string) (*server, error) {
	if _, err := pgx.ParseConfig(given); err != nil {
		return nil, fmt.Errorf("%s: %w", urlVariable, err)
	}
	return &server{dsn: func(database string) string {
		if database == "" {
			return given
		}
		return withDatabase(given, database)
	}}, nil
}

// withDatabase replaces the database of a URL or keyword/value string.
func withDatabase(dsn, database string) string {
	if u, err := url.Parse(dsn); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		u.Path = "/" + database
		return u.String()
	}
	// Of a repeated keyword the last one counts.
	return dsn + " dbname=" + database
}

func startPrivate(ctx context.Context) (*server, error) {
	s, err := privateServer()
	if err != nil {
		return nil, err
	}
	if s.cluster, err = cluster.Start(ctx, cluster.Config{DataDir: s.dir}); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// privateServer is one that is still to be started, with its directory, which
// goes with this program.
func privateServer() (*server, error) {
	dir, err := os.MkdirTemp(scratch(), "taohe-test-")
	if err != nil {
		return nil, err
	}
	// As root the server runs as another user, who has to pass through.
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, err
	}
	watch, err := watchOver(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &server{dir: dir, watch: watch}
	s.dsn = func(database string) string {
		if database == "" {
			database = "postgres"
		}
		return s.cluster.DSN(database)
	}
	return s, nil
}

// prepare makes the template, unless another test binary on the same server
// has made it from the same migrations.
func (s *server) prepare(ctx context.Context) error {
	cfg, err := pgxpool.ParseConfig(s.dsn(""))
	if err != nil {
		return err
	}
	cfg.MaxConns = 8
	if s.admin, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return err
	}
	key, err := migrationsKey()
	if err != nil {
		return err
	}
	s.template = fmt.Sprintf("taohe_template_%016x", key)
	return s.admin.AcquireFunc(ctx, func(conn *pgxpool.Conn) (err error) {
		if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, int64(key)); err != nil {
			return err
		}
		defer func() {
			_, unlockErr := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, int64(key))
			err = errors.Join(err, unlockErr)
		}()
		if s.cluster == nil {
			if err := dropForgotten(ctx, conn.Conn()); err != nil {
				return err
			}
		}
		return s.makeTemplate(ctx, conn.Conn())
	})
}

func (s *server) makeTemplate(ctx context.Context, conn *pgx.Conn) error {
	name := pgx.Identifier{s.template}.Sanitize()
	var whole bool
	err := conn.QueryRow(ctx, `select datistemplate from pg_database where datname = $1`, s.template).Scan(&whole)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
	case err != nil:
		return err
	case whole:
		return nil
	default:
		// Its maker was killed half-way.
		if _, err := conn.Exec(ctx, "drop database "+name+" with (force)"); err != nil {
			return err
		}
	}
	if _, err := conn.Exec(ctx, "create database "+name+" template template0 encoding 'UTF8'"); err != nil {
		return err
	}
	if err := pg.Migrate(ctx, s.dsn(s.template)); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "alter database "+name+" with is_template true allow_connections false")
	return err
}

// migrationsKey is a number that differs when any migration differs.
func migrationsKey() (uint64, error) {
	h := fnv.New64a()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		b, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(h, "%s %d\n", name, len(b))
		_, _ = h.Write(b)
	}
	return h.Sum64(), nil
}

const testPrefix = "taohe_test_"

// filled is the name of the template of a key, made by the first that asks for
// it while the others wait.
func (s *server) filled(key string, fill func(context.Context, string) error) (string, error) {
	s.mu.Lock()
	template := s.templates[key]
	if template == nil {
		// No test's own context: the others need it too.
		template = sync.OnceValues(func() (string, error) { return s.fill(context.Background(), fill) })
		if s.templates == nil {
			s.templates = make(map[string]func() (string, error))
		}
		s.templates[key] = template
	}
	s.mu.Unlock()
	return template()
}

func (s *server) fill(ctx context.Context, fill func(context.Context, string) error) (string, error) {
	name, err := s.create(ctx, s.template)
	if err != nil {
		return "", err
	}
	if err := fill(ctx, s.dsn(name)); err != nil {
		return "", errors.Join(err, s.drop(ctx, name))
	}
	return name, nil
}

// create makes a database from a template, to which nobody is connected, and
// returns its name.
func (s *server) create(ctx context.Context, template string) (string, error) {
	// The time is for dropForgotten; the random part keeps programs apart that
	// share a server, from whatever machine.
	name := fmt.Sprintf("%s%d_%s", testPrefix, time.Now().Unix(), strings.ToLower(rand.Text()))
	_, err := s.admin.Exec(ctx, fmt.Sprintf("create database %s template %s",
		pgx.Identifier{name}.Sanitize(), pgx.Identifier{template}.Sanitize()))
	if err != nil {
		return "", fmt.Errorf("create database from %s: %w", template, err)
	}
	return name, nil
}

func (s *server) drop(ctx context.Context, name string) error {
	if _, err := s.admin.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

// dropForgotten removes what killed test binaries left on a server that
// outlives them: test databases two hours old that nobody is connected to.
func dropForgotten(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		select datname from pg_database d
		where datname like $1 || '%' and not exists (select from pg_stat_activity a where a.datid = d.oid)
		order by datname`, testPrefix)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		made, _, _ := strings.Cut(strings.TrimPrefix(name, testPrefix), "_")
		seconds, err := strconv.ParseInt(made, 10, 64)
		if err != nil || time.Since(time.Unix(seconds, 0)) < 2*time.Hour {
			continue
		}
		if _, err := conn.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()); err != nil {
			return err
		}
	}
	return nil
}

// close takes away everything that is private to this test binary.
func (s *server) close() error {
	var err error
	if s.cluster == nil && s.admin != nil {
		// A server that stays keeps nothing of this test binary.
		for _, template := range s.templates {
			if name, fillErr := template(); fillErr == nil {
				err = errors.Join(err, s.drop(context.Background(), name))
			}
		}
	}
	if s.admin != nil {
		s.admin.Close()
	}
	if s.dir == "" {
		return err
	}
	if s.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err = errors.Join(err, s.cluster.Stop(ctx))
	}
	return errors.Join(err, os.RemoveAll(s.dir), s.watch.dismiss())
}
