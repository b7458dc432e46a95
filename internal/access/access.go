// Package access is who may do what: accounts with a role and counties, what they
// sign in with, and the log of what was done. It decides nothing about a request;
// package api asks it who somebody is, and what a thing is of.
//
// Its tables are the owner's alone: no role that a request takes on reads them.
package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
)

// A Role is what somebody may do; each may do what those before it may.
type Role string

// The roles.
const (
	Viewer    Role = "viewer"
	Editor    Role = "editor"
	Inspector Role = "inspector"
	Approver  Role = "approver"
	Admin     Role = "admin"
)

// Roles are all of them, in their order.
func Roles() []Role { return []Role{Viewer, Editor, Inspector, Approver, Admin} }

// Title is the role in Chinese.
func (r Role) Title() string {
	return map[Role]string{Viewer: "查看", Editor: "录入", Inspector: "核查", Approver: "审核", Admin: "管理员"}[r]
}

// Known reports whether there is such a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Reaches reports whether the role may do what is least's to do. No role, and none
// that is not known, reaches nothing.
func (r Role) Reaches(least Role) bool {
	mine, asked := slices.Index(Roles(), r), slices.Index(Roles(), least)
	return mine >= 0 && asked >= 0 && mine >= asked
}

// lesser is the one of two roles that may do less.
func lesser(a, b Role) Role {
	if a.Reaches(b) {
		return b
	}
	return a
}

// DatabaseRole is the role of the database that has these rights.
func (r Role) DatabaseRole() string { return "taohe_" + string(r) }

// How somebody came to be known.
const (
	ViaSession = "session"
	ViaToken   = "token"
	ViaLocal   = "local"   // no account exists, and the caller is on this machine
	ViaCommand = "command" // the command line
	ViaNone    = "none"    // nobody signed in
)

// A Caller is who asks. The zero value is nobody, who may do nothing.
type Caller struct {
	AccountID int64
	Name      string
	Role      Role
	// Counties are the codes of those that the caller may see; nil for all.
	Counties []string
	Via      string
	Address  string
	session  []byte
}

// LocalName is who changes something where no account exists.
const LocalName = "本机"

// Local is the caller where no account exists.
func Local(address string) Caller {
	return Caller{Name: LocalName, Role: Admin, Via: ViaLocal, Address: address}
}

// Everywhere reports whether the caller may see all counties.
func (c Caller) Everywhere() bool { return c.Role != "" && c.Counties == nil }

// SeesAny reports whether the caller may see one of some counties.
func (c Caller) SeesAny(counties []string) bool {
	return c.Everywhere() || slices.ContainsFunc(counties, func(code string) bool { return slices.Contains(c.Counties, code) })
}

// SeesEvery reports whether the caller may see each of some counties.
func (c Caller) SeesEvery(counties []string) bool {
	return c.Everywhere() || !slices.ContainsFunc(counties, func(code string) bool { return !slices.Contains(c.Counties, code) })
}

// Signed reports whether the caller has an account.
func (c Caller) Signed() bool { return c.AccountID != 0 }

// Identity is in whose name the caller's statements are run: with the rights that
// what is done takes, whatever more the caller may do. So readers of all roles read
// as one, and the server plans a statement once for all of them. Where no account
// exists they are the owner's.
func (c Caller) Identity(least Role, cites bool) pg.Identity {
	if c.Via == ViaLocal || c.Via == ViaCommand {
		return pg.Identity{}
	}
	id := pg.Identity{Role: lesser(c.Role, least).DatabaseRole(), Counties: strings.Join(c.Counties, ","), Cites: cites}
	if c.Everywhere() {
		id.Counties = "*"
	}
	return id
}

// The sentinels of what cannot be had.
var (
	// ErrNotFound is returned for an account or token that is not there.
	ErrNotFound = errors.New("no such account or token")
	// ErrNobody is returned for a session or token that is not, or no longer, good.
	ErrNobody = errors.New("the session or token is not good")
	// ErrSignIn is returned for a name and password that do not belong together,
	// whichever of them is wrong.
	ErrSignIn = errors.New("name or password is wrong")
	// ErrTooMany is returned when too many sign-ins were tried.
	ErrTooMany = errors.New("too many sign-ins were tried")
)

// An Access knows the accounts of a database.
type Access struct {
	pool *pgxpool.Pool
	// hashing holds those whose password is being hashed, which takes memory; the
	// others wait.
	hashing chan struct{}
}

// New returns the accounts of a migrated database.
func New(pool *pgxpool.Pool) *Access {
	return &Access{pool: pool, hashing: make(chan struct{}, mostHashing)}
}

// Any reports whether there is an account. Where there is none, whoever is on this
// machine may do all.
func (a *Access) Any(ctx context.Context) (any bool, err error) {
	err = a.pool.QueryRow(pg.AsOwner(ctx), sqlAnyAccount.SQL()).Scan(&any)
	return any, sqlAnyAccount.Named(err)
}

// A Thing is a kind of thing that is of counties.
type Thing string

// The kinds.
const (
	Dataset    Thing = "dataset"
	Run        Thing = "run"
	Mine       Thing = "mine"
	Item       Thing = "item"
	Job        Thing = "job"
	Orthophoto Thing = "orthophoto"
)

// CountiesOf returns the counties that a thing is of, none when it is not there.
func (a *Access) CountiesOf(ctx context.Context, kind Thing, key any) (counties []string, err error) {
	s, known := countiesOf[kind]
	if !known {
		return nil, fmt.Errorf("counties of %s: no such kind", kind)
	}
	find := func(s pg.Statement) error {
		return a.pool.QueryRow(pg.AsOwner(ctx), s.SQL(), pgx.StrictNamedArgs{"key": key}).Scan(&counties)
	}
	err = find(s)
	if kind == Mine && errors.Is(err, pgx.ErrNoRows) {
		s = sqlCountiesOfLicence // of a mine that no run has seen yet
		err = find(s)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return counties, s.Named(err)
}

// exec runs a statement of this package's.
func exec(ctx context.Context, db pg.DB, s pg.Statement, args pgx.StrictNamedArgs) error {
	_, err := db.Exec(pg.AsOwner(ctx), s.SQL(), args)
	return s.Named(err)
}

// collect reads the rows of one.
func collect[T any](ctx context.Context, db pg.DB, s pg.Statement, args pgx.StrictNamedArgs) ([]T, error) {
	rows, err := db.Query(pg.AsOwner(ctx), s.SQL(), args)
	if err != nil {
		return nil, s.Named(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	return out, s.Named(err)
}
