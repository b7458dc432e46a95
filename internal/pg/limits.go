package pg

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Limits are what the server ends of its own accord, also when the program that
// asked cannot say any more that it does not wait. Zero is no limit.
type Limits struct {
	// Statement bounds one statement, Lock the wait for one lock, and
	// IdleInTransaction how long a transaction may do nothing.
	Statement, Lock, IdleInTransaction time.Duration
}

// OfRequests are the limits of connections on which requests are answered that may
// take so long: a program's own limit comes first, and the server's is for when
// that fails.
func OfRequests(longest time.Duration) Limits {
	return Limits{Statement: longest + 5*time.Second, Lock: time.Minute, IdleInTransaction: longest + time.Minute}
}

// OfWork are the limits of connections of workers: no statement of a mine, a load
// or the ledger comes near them, so that what does is stuck.
func OfWork() Limits {
	return Limits{Statement: 6 * time.Hour, Lock: 10 * time.Minute, IdleInTransaction: time.Hour}
}

// ofMigration lets an index take its time, but not a lock that somebody holds who
// was forgotten.
var ofMigration = Limits{Lock: 5 * time.Minute, IdleInTransaction: time.Hour}

func (l Limits) set(parameters map[string]string) {
	for name, limit := range map[string]time.Duration{
		"statement_timeout": l.Statement, "lock_timeout": l.Lock, "idle_in_transaction_session_timeout": l.IdleInTransaction,
	} {
		if limit > 0 {
			parameters[name] = strconv.FormatInt(limit.Milliseconds(), 10)
		}
	}
}

// SQLSTATE codes of a statement that a limit ended.
const (
	queryCanceled            = "57014"
	idleInTransactionTimeout = "25P03"
)

// TimedOut reports whether err says that the server ended something for its limits.
func TimedOut(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (refused.Code == queryCanceled || refused.Code == lockNotAvailable || refused.Code == idleInTransactionTimeout)
}

// unreadable says that a connection string cannot be read, and repeats nothing of
// it: where it is wrong, nobody can say which part of it is the password.
func unreadable(err error) error {
	if _, of := errors.AsType[*pgconn.ParseConfigError](err); !of {
		return err
	}
	return errors.New("the connection string cannot be read: it is written postgres://USER:PASSWORD@HOST:PORT/DATABASE, or host=… user=… dbname=…; " +
		"special characters of a password are written as %XX in the first form and within '…' in the second")
}

// hidden stands where a secret was.
const hidden = "******"

// Describe is where a connection string leads to, with nothing in it that lets
// anybody in: only what is known to be no secret is taken over.
func Describe(dsn string) string {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return "（" + hidden + "：" + "无法识别的连接串）"
	}
	hosts := []string{fmt.Sprintf("%s:%d", cfg.Host, cfg.Port)}
	for _, f := range cfg.Fallbacks {
		if h := fmt.Sprintf("%s:%d", f.Host, f.Port); h != hosts[len(hosts)-1] {
			hosts = append(hosts, h)
		}
	}
	user := url.PathEscape(cfg.User)
	if cfg.Password != "" {
		user += ":" + hidden
	}
	return "postgres://" + user + "@" + strings.Join(hosts, ",") + "/" + url.PathEscape(cfg.Database)
}

// passwordOf finds it in a connection string of keywords.
var passwordOf = regexp.MustCompile(`(?:^|\s)password\s*=\s*(?:'(?:[^'\\]|\\.)*'|\S*)`)

// WithoutPassword is a connection string for a program's arguments, which others
// can read, and the password, which they must not. It is an error when the two
// cannot be told apart.
func WithoutPassword(dsn string) (open, password string, err error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return "", "", unreadable(err)
	}
	if u, err := url.Parse(dsn); err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") {
		if u.User != nil {
			u.User = url.User(u.User.Username())
		}
		q := u.Query()
		q.Del("password")
		u.RawQuery = q.Encode()
		open = u.String()
	} else {
		open = strings.TrimSpace(passwordOf.ReplaceAllString(dsn, " "))
	}
	if len(cfg.Password) > 3 && strings.Contains(open, cfg.Password) && cfg.Password != cfg.User && cfg.Password != cfg.Database {
		return "", "", errors.New("the password cannot be told from the rest of the connection string: give it in PGPASSWORD or a password file")
	}
	return open, cfg.Password, nil
}
