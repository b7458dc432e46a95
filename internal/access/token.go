package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
)

// tokenBegins is how every token of a program begins, so that one that was left
// lying about can be found by what it looks like.
const tokenBegins = "taohe_"

// maxTokenDays is how long a token may be good.
const maxTokenDays = 366

// A Token is what a program signs in with. The token itself is shown once.
type Token struct {
	ID         int64
	Account    string
	Name       string
	Role       Role
	Counties   []string
	CreatedAt  time.Time
	ExpiresAt  time.Time
	RevokedAt  *time.Time
	LastUsedAt *time.Time
}

// A NewToken is one to be made.
type NewToken struct {
	Name     string
	Role     Role
	Counties []string
	// Days is how long it is good.
	Days int
}

// CreateToken makes a token of an account, with no more rights than that has;
// faults are *ingest.RequestError.
func (a *Access) CreateToken(ctx context.Context, owner Account, n NewToken) (string, Token, error) {
	faults := rightsFaults(n.Role, n.Counties)
	if strings.TrimSpace(n.Name) == "" || utf8.RuneCountInString(n.Name) > 100 {
		faults = append(faults, ingest.Fault{Location: "name", Code: "bad-format", Message: "请写明用途，1 至 100 个字。"})
	}
	if n.Days < 1 || n.Days > maxTokenDays {
		faults = append(faults, ingest.Fault{Location: "days", Code: "out-of-range", Message: fmt.Sprintf("有效期应为 1 至 %d 天。", maxTokenDays)})
	}
	if n.Role.Known() && !owner.Role.Reaches(n.Role) {
		faults = append(faults, ingest.Fault{Location: "role", Code: "more-than-own", Message: "令牌的角色不能高于账号自己的角色。"})
	}
	counties := tidy(n.Counties)
	if counties == nil {
		counties = owner.Counties
	}
	of := Caller{Role: owner.Role, Counties: owner.Counties}
	if !of.SeesEvery(counties) {
		faults = append(faults, ingest.Fault{Location: "counties", Code: "more-than-own", Message: "令牌的旗区不能超出账号自己的旗区。"})
	}
	if len(faults) > 0 {
		return "", Token{}, &ingest.RequestError{Faults: faults}
	}
	token, _, err := secret()
	if err != nil {
		return "", Token{}, err
	}
	token = tokenBegins + token
	var id int64
	ctx = pg.AsOwner(ctx)
	err = pg.InTx(ctx, a.pool, func(tx pgx.Tx) error {
		return sqlPutToken.Named(tx.QueryRow(ctx, sqlPutToken.SQL(), pgx.StrictNamedArgs{
			"account_id": owner.ID, "name": n.Name, "token_sha256": hashed(token), "role": n.Role, "counties": counties, "days": n.Days,
		}).Scan(&id))
	})
	if err != nil {
		return "", Token{}, err
	}
	all, err := a.tokens(ctx, nil, &id)
	if err != nil {
		return "", Token{}, err
	}
	return token, all[0], nil
}

func (a *Access) tokens(ctx context.Context, account, id *int64) ([]Token, error) {
	return collect[Token](ctx, a.pool, sqlTokens, pgx.StrictNamedArgs{"account_id": account, "id": id})
}

// Tokens lists tokens, newest first: of an account, or of all when that is 0.
func (a *Access) Tokens(ctx context.Context, account int64) ([]Token, error) {
	if account == 0 {
		return a.tokens(ctx, nil, nil)
	}
	return a.tokens(ctx, &account, nil)
}

// RevokeToken ends a token of an account, of any when that is 0: ErrNotFound.
func (a *Access) RevokeToken(ctx context.Context, account, id int64) (Token, error) {
	var of *int64
	if account != 0 {
		of = &account
	}
	all, err := a.tokens(ctx, of, &id)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("token: %w", ErrNotFound)
	}
	if err != nil {
		return Token{}, err
	}
	ctx = pg.AsOwner(ctx)
	err = pg.InTx(ctx, a.pool, func(tx pgx.Tx) error { return exec(ctx, tx, sqlRevokeToken, pgx.StrictNamedArgs{"id": id}) })
	if err != nil {
		return Token{}, err
	}
	if all, err = a.tokens(ctx, nil, &id); err != nil {
		return Token{}, err
	}
	return all[0], nil
}

// ByToken returns who a token speaks for, with the lesser rights of the two, or
// ErrNobody.
func (a *Access) ByToken(ctx context.Context, token, address string) (Caller, error) {
	type found struct {
		ID            int64
		Name          string
		Role          Role
		Counties      []string
		TokenID       int64
		TokenRole     Role
		TokenCounties []string
		Stale         bool
	}
	all, err := collect[found](ctx, a.pool, sqlToken, pgx.StrictNamedArgs{"token_sha256": hashed(token), "most_days": maxTokenDays})
	if err != nil {
		return Caller{}, err
	}
	if len(all) == 0 {
		return Caller{}, fmt.Errorf("token: %w", ErrNobody)
	}
	f := all[0]
	if f.Stale {
		if err := exec(ctx, a.pool, sqlUseToken, pgx.StrictNamedArgs{"id": f.TokenID}); err != nil {
			return Caller{}, err
		}
	}
	return Caller{
		AccountID: f.ID, Name: f.Name, Role: lesser(f.Role, f.TokenRole), Counties: common(f.Counties, f.TokenCounties), Via: ViaToken, Address: address,
	}, nil
}

// common are the counties of both; nil is all. Those of none stay none.
func common(a, b []string) []string {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	both := []string{}
	for _, c := range a {
		if slices.Contains(b, c) {
			both = append(both, c)
		}
	}
	return both
}
