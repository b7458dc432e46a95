package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
)

// A Grant says which rights somebody has of whom an issuer says something, such as
// that they are of a group.
type Grant struct {
	Value string
	Role  Role
	// Counties are those the account is bound to; nil for all.
	Counties []string
}

// ParseGrant reads VALUE=ROLE or VALUE=ROLE@COUNTY,COUNTY. The value may have equals
// signs of its own, as names of a directory have.
func ParseGrant(text string) (Grant, error) {
	at := strings.LastIndexByte(text, '=')
	if at < 1 {
		return Grant{}, fmt.Errorf("%q is not written VALUE=ROLE or VALUE=ROLE@COUNTY,COUNTY", text)
	}
	role, codes, bound := strings.Cut(text[at+1:], "@")
	g := Grant{Value: text[:at], Role: Role(role)}
	if bound {
		g.Counties = strings.Split(codes, ",")
	}
	if faults := rightsFaults(g.Role, g.Counties); len(faults) > 0 {
		return Grant{}, fmt.Errorf("%q: %s: %s", text, faults[0].Location, faults[0].Message)
	}
	g.Counties = tidy(g.Counties)
	return g, nil
}

func (g Grant) String() string {
	if g.Counties == nil {
		return string(g.Role)
	}
	return string(g.Role) + "@" + strings.Join(g.Counties, ",")
}

// granted is the first grant for what the claim says, if there is one.
func (i *Issuer) granted(claims map[string]json.RawMessage) (Grant, bool) {
	var values []string
	if json.Unmarshal(claims[i.RoleClaim], &values) != nil {
		var one string
		if json.Unmarshal(claims[i.RoleClaim], &one) == nil {
			values = []string{one}
		}
	}
	at := slices.IndexFunc(i.Grants, func(g Grant) bool { return slices.Contains(values, g.Value) })
	if at < 0 {
		return Grant{}, false
	}
	return i.Grants[at], true
}

// nameClaim is how an issuer calls people; an account that is made is called so.
const nameClaim = "preferred_username"

// grant brings the account of whoever the issuer vouches for to what the grants say:
// it is made, or its rights are changed, or, where none speaks of them, its sessions
// and tokens end. The audit log has each with the change itself. ErrSignIn.
func (a *Access) grant(ctx context.Context, i *Issuer, id *oidc.IDToken, address string, there []Account) (Account, error) {
	var claims map[string]json.RawMessage
	if err := id.Claims(&claims); err != nil {
		return Account{}, fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	refused := func(why string) error { return fmt.Errorf("%w: %q of the issuer: %s", ErrSignIn, id.Subject, why) }
	noted := func(action, name, what string) context.Context {
		ctx, _ := pg.WithNote(ctx, func(ctx context.Context, tx pgx.Tx) error {
			by := Caller{Name: name, Via: ViaSession, Address: address}
			return Append(ctx, tx, by, action, "/v1/accounts/"+name+" "+what, ResultOK, "")
		})
		return pg.AsOwner(ctx)
	}
	g, granted := i.granted(claims)
	switch {
	case len(there) > 0 && !granted:
		if err := a.endAll(noted("change-account", there[0].Name, "no grant"), there[0]); err != nil {
			return Account{}, err
		}
		return Account{}, refused("no grant speaks of them any more")
	case !granted:
		return Account{}, refused("no grant speaks of them")
	case len(there) > 0 && there[0].Role == g.Role && slices.Equal(there[0].Counties, g.Counties):
		return there[0], nil
	case len(there) > 0:
		return a.Change(noted("change-account", there[0].Name, g.String()), there[0].Name, Change{Role: &g.Role, Counties: &g.Counties})
	}
	var name string
	if err := json.Unmarshal(claims[nameClaim], &name); err != nil {
		return Account{}, refused("no " + nameClaim + " to name the account by")
	}
	account, err := a.Create(noted("create-account", name, g.String()), Caller{Name: name}, NewAccount{
		Name: name, Role: g.Role, Counties: g.Counties, Issuer: id.Issuer, Subject: id.Subject,
	})
	if request, is := errors.AsType[*ingest.RequestError](err); is {
		return Account{}, refused("account " + name + ": " + request.Faults[0].Message)
	}
	return account, err
}

// endAll ends the sessions of an account and its tokens.
func (a *Access) endAll(ctx context.Context, account Account) error {
	return pg.InTx(ctx, a.pool, func(tx pgx.Tx) error {
		if err := exec(ctx, tx, sqlRevokeTokens, pgx.StrictNamedArgs{"account_id": account.ID}); err != nil {
			return err
		}
		return exec(ctx, tx, sqlEndSessions, pgx.StrictNamedArgs{"id": account.ID, "keep": nil})
	})
}
