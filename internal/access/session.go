package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

const (
	// idleFor is how long a session may lie unused, SessionFor how long it lasts.
	idleFor    = 2 * time.Hour
	SessionFor = 12 * time.Hour
	// triesWithin is the time in which only so many sign-ins may fail, of one name
	// and from one address, behind which a whole bureau may sit.
	triesWithin      = 15 * time.Minute
	mostTriesName    = 10
	mostTriesAddress = 60
)

func minutes(d time.Duration) int { return int(d / time.Minute) }

// known returns the account that a name and a password are of: ErrSignIn,
// ErrTooMany. What takes time is done whether there is such an account or not.
func (a *Access) known(ctx context.Context, name, password, address string) (Account, error) {
	sum := hashed(strings.ToLower(name))
	var byName, byAddress int
	err := a.pool.QueryRow(pg.AsOwner(ctx), sqlBeginTry.SQL(), pgx.StrictNamedArgs{
		"name_sha256": sum, "address": address, "minutes": minutes(triesWithin),
	}).Scan(&byName, &byAddress)
	if err != nil {
		return Account{}, sqlBeginTry.Named(err)
	}
	if byName > mostTriesName || byAddress > mostTriesAddress {
		return Account{}, ErrTooMany
	}
	account, err := a.Account(ctx, name)
	there := err == nil
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Account{}, err
	}
	kept := unknown
	if there && account.PasswordHash != nil {
		kept = *account.PasswordHash
	}
	right, err := a.matches(ctx, password, kept)
	switch {
	case err != nil:
		return Account{}, err
	case !right || !there || account.PasswordHash == nil || account.Disabled:
		return Account{}, ErrSignIn
	}
	return account, exec(ctx, a.pool, sqlForgetTries, pgx.StrictNamedArgs{"name_sha256": sum})
}

// SignIn begins a session and returns its token, which is in no place but the
// caller's: ErrSignIn, ErrTooMany. The session of the token before, if there is
// one, ends.
func (a *Access) SignIn(ctx context.Context, name, password, address, before string) (string, Caller, error) {
	account, err := a.known(ctx, name, password, address)
	if err != nil {
		return "", Caller{}, err
	}
	return a.begin(ctx, account, address, before)
}

// begin begins a session of an account whose right to it is settled.
func (a *Access) begin(ctx context.Context, account Account, address, before string) (string, Caller, error) {
	token, sum, err := secret()
	if err != nil {
		return "", Caller{}, err
	}
	ctx = pg.AsOwner(ctx)
	err = pg.InTx(ctx, a.pool, func(tx pgx.Tx) error {
		if before != "" {
			if err := exec(ctx, tx, sqlDropSession, pgx.StrictNamedArgs{"token_sha256": hashed(before)}); err != nil {
				return err
			}
		}
		return exec(ctx, tx, sqlPutSession, pgx.StrictNamedArgs{
			"token_sha256": sum, "account_id": account.ID, "address": address, "idle_minutes": minutes(idleFor), "most_minutes": minutes(SessionFor),
		})
	})
	return token, Caller{
		AccountID: account.ID, Name: account.Name, Role: account.Role, Counties: account.Counties, Via: ViaSession, Address: address, session: sum,
	}, err
}

// SignOut ends the caller's session.
func (a *Access) SignOut(ctx context.Context, by Caller) error {
	ctx = pg.AsOwner(ctx)
	return pg.InTx(ctx, a.pool, func(tx pgx.Tx) error {
		return exec(ctx, tx, sqlDropSession, pgx.StrictNamedArgs{"token_sha256": by.session})
	})
}

// BySession returns who a session is of, or ErrNobody.
func (a *Access) BySession(ctx context.Context, token, address string) (Caller, error) {
	sum := hashed(token)
	type found struct {
		ID       int64
		Name     string
		Role     Role
		Counties []string
		Stale    bool
	}
	all, err := collect[found](ctx, a.pool, sqlSession, pgx.StrictNamedArgs{
		"token_sha256": sum, "idle_minutes": minutes(idleFor), "most_minutes": minutes(SessionFor),
	})
	if err != nil {
		return Caller{}, err
	}
	if len(all) == 0 {
		return Caller{}, fmt.Errorf("session: %w", ErrNobody)
	}
	f := all[0]
	if f.Stale {
		if err := exec(ctx, a.pool, sqlTouch, pgx.StrictNamedArgs{"token_sha256": sum}); err != nil {
			return Caller{}, err
		}
	}
	return Caller{AccountID: f.ID, Name: f.Name, Role: f.Role, Counties: f.Counties, Via: ViaSession, Address: address, session: sum}, nil
}
