package access_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

const (
	password = "草原上的三头骆驼与一条河"
	other    = "河边的四棵老榆树和一口井"
	home     = "192.0.2.1"
)

var byCommand = access.Caller{Name: "root", Role: access.Admin, Via: access.ViaCommand}

func create(t *testing.T, a *access.Access, n access.NewAccount) access.Account {
	t.Helper()
	if n.Password == "" {
		n.Password = password
	}
	account, err := a.Create(t.Context(), byCommand, n)
	if err != nil {
		t.Fatal(err)
	}
	return account
}

func begin(t *testing.T) (*access.Access, *pgxpool.Pool) {
	t.Helper()
	pool := pgtest.New(t)
	return access.New(pool), pool
}

// codes are the codes of a request's faults, "" for other errors.
func codes(err error) string {
	var request *ingest.RequestError
	if !errors.As(err, &request) {
		return fmt.Sprint(err)
	}
	var out []string
	for _, f := range request.Faults {
		out = append(out, f.Location+" "+f.Code)
	}
	return strings.Join(out, "; ")
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	a, _ := begin(t)
	if any, err := a.Any(t.Context()); err != nil || any {
		t.Errorf("accounts of a new database: %v, %v", any, err)
	}
	create(t, a, access.NewAccount{Name: "张三", Role: access.Viewer})
	if any, err := a.Any(t.Context()); err != nil || !any {
		t.Errorf("accounts: %v, %v", any, err)
	}
	for _, tt := range []struct {
		name string
		give access.NewAccount
		want string
	}{
		{"no password", access.NewAccount{Name: "a", Role: access.Viewer}, "password out-of-range"},
		{"short", access.NewAccount{Name: "a", Role: access.Viewer, Password: "Aa1!Aa1!Aa1"}, "password out-of-range"},
		{"the name", access.NewAccount{Name: "abcdefghijkl", Role: access.Viewer, Password: "ABCDEFGHIJKL"}, "password password-is-name"},
		{"the same name", access.NewAccount{Name: "张三", Role: access.Admin, Password: password}, "name given-twice"},
		{"spaces", access.NewAccount{Name: "张 三", Role: access.Viewer, Password: password}, "name bad-format"},
		{"this machine", access.NewAccount{Name: access.LocalName, Role: access.Viewer, Password: password}, "name bad-format"},
		{"all at once", access.NewAccount{Role: "root", Counties: []string{"15"}}, "name bad-format; role not-in-list; counties[0] bad-format; password out-of-range"},
		{"an issuer without a subject", access.NewAccount{Name: "a", Role: access.Viewer, Issuer: "https://example.org"}, "subject missing"},
	} {
		if _, err := a.Create(t.Context(), byCommand, tt.give); codes(err) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, codes(err), tt.want)
		}
	}
	if p := *create(t, a, access.NewAccount{Name: "b", Role: access.Viewer}).PasswordHash; !strings.HasPrefix(p, "$argon2id$v=19$m=65536,t=3,p=1$") || strings.Contains(p, password) {
		t.Errorf("kept: %s", p)
	}
}

// Signing in makes a token anew each time; what ends a session ends it.
func TestSessions(t *testing.T) {
	t.Parallel()
	a, pool := begin(t)
	ctx := t.Context()
	create(t, a, access.NewAccount{Name: "Zhang", Role: access.Inspector, Counties: []string{"150621", "150622", "150621"}})
	in := func(before string) string {
		t.Helper()
		token, c, err := a.SignIn(ctx, "zhang", password, home, before)
		if err != nil {
			t.Fatal(err)
		}
		if c.Name != "Zhang" || c.Role != access.Inspector || !slices.Equal(c.Counties, []string{"150621", "150622"}) || c.Everywhere() {
			t.Errorf("%+v", c)
		}
		return token
	}
	good := func(token string) bool {
		t.Helper()
		_, err := a.BySession(ctx, token, home)
		if err != nil && !errors.Is(err, access.ErrNobody) {
			t.Fatal(err)
		}
		return err == nil
	}
	first := in("")
	second := in(first)
	if first == second || good(first) || !good(second) {
		t.Error("the session before did not end with the new one")
	}
	var kept int
	if err := pool.QueryRow(ctx, `select count(*) from account_session where encode(token_sha256, 'escape') = $1`, second).Scan(&kept); err != nil || kept > 0 {
		t.Errorf("the token itself is kept %d times: %v", kept, err)
	}
	c, err := a.BySession(ctx, second, home)
	if err != nil {
		t.Fatal(err)
	}
	third := in("")
	if err := a.SignOut(ctx, c); err != nil || good(second) || !good(third) {
		t.Errorf("signing out: %v; itself good: %v, another good: %v", err, good(second), good(third))
	}

	// Idle too long, and too old.
	for what, change := range map[string]string{
		"idle": `update account_session set seen_at = now() - interval '3 hours'`,
		"old":  `update account_session set created_at = now() - interval '13 hours'`,
	} {
		token := in("")
		if !good(token) {
			t.Errorf("%s: not good at first", what)
		}
		if _, err := pool.Exec(ctx, change); err != nil {
			t.Fatal(err)
		}
		if good(token) {
			t.Errorf("%s: still good", what)
		}
	}

	// One's own password: all sessions but this one end.
	mine, elsewhere := in(""), in("")
	if c, err = a.BySession(ctx, mine, home); err != nil {
		t.Fatal(err)
	}
	if err := a.SetOwnPassword(ctx, c, "not the old one", other); !errors.Is(err, access.ErrSignIn) {
		t.Errorf("wrong old password: %v", err)
	}
	if err := a.SetOwnPassword(ctx, c, password, "short"); codes(err) != "password out-of-range" {
		t.Errorf("short: %s", codes(err))
	}
	if err := a.SetOwnPassword(ctx, c, password, other); err != nil || !good(mine) || good(elsewhere) {
		t.Errorf("after a new password: %v; this one good: %v, the other: %v", err, good(mine), good(elsewhere))
	}
	if _, _, err := a.SignIn(ctx, "Zhang", password, home, ""); !errors.Is(err, access.ErrSignIn) {
		t.Errorf("the old password: %v", err)
	}
	// Disabled: none is left, and none begins.
	disabled := true
	if _, err := a.Change(ctx, "Zhang", access.Change{Disabled: &disabled}); err != nil || good(mine) {
		t.Errorf("disabled: %v, good %v", err, good(mine))
	}
	if _, _, err := a.SignIn(ctx, "Zhang", other, home, ""); !errors.Is(err, access.ErrSignIn) {
		t.Errorf("disabled: %v", err)
	}
	if any, err := a.Any(ctx); err != nil || !any {
		t.Errorf("with all accounts disabled the service would stand open: %v", err)
	}
}

// Who guesses is stopped by name and by address, whether the name is one or not.
func TestSignInIsLimited(t *testing.T) {
	t.Parallel()
	a, pool := begin(t)
	ctx := t.Context()
	create(t, a, access.NewAccount{Name: "李四", Role: access.Viewer})
	for _, name := range []string{"李四", "王五"} {
		for i := range 11 {
			_, _, err := a.SignIn(ctx, name, "a wrong one", home, "")
			want := access.ErrSignIn
			if i == 10 {
				want = access.ErrTooMany
			}
			if !errors.Is(err, want) {
				t.Fatalf("%s, try %d: %v", name, i+1, err)
			}
		}
	}
	if _, _, err := a.SignIn(ctx, "李四", password, "192.0.2.2", ""); !errors.Is(err, access.ErrTooMany) {
		t.Errorf("the right password meanwhile: %v", err)
	}
	if _, err := pool.Exec(ctx, `update sign_in_try set at = at - interval '16 minutes'`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.SignIn(ctx, "李四", password, home, ""); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
	// By address: many names, each once.
	if _, err := pool.Exec(ctx, `insert into sign_in_try (name_sha256, address) select sha256(n::text::bytea), '192.0.2.9' from generate_series(1, 60) n`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.SignIn(ctx, "李四", password, "192.0.2.9", ""); !errors.Is(err, access.ErrTooMany) {
		t.Errorf("an address that tries many names: %v", err)
	}
	var names int
	if err := pool.QueryRow(ctx, `select count(*) from sign_in_try where encode(name_sha256, 'escape') like '%王五%'`).Scan(&names); err != nil || names > 0 {
		t.Errorf("names are kept as they were typed: %d, %v", names, err)
	}
}

// A token has the lesser rights of its own and its account's, as they are now.
func TestTokens(t *testing.T) {
	t.Parallel()
	a, pool := begin(t)
	ctx := t.Context()
	owner := create(t, a, access.NewAccount{Name: "赵六", Role: access.Approver, Counties: []string{"150621", "150622"}})
	for _, tt := range []struct {
		name string
		give access.NewToken
		want string
	}{
		{"a higher role", access.NewToken{Name: "x", Role: access.Admin, Days: 1}, "role more-than-own"},
		{"another county", access.NewToken{Name: "x", Role: access.Viewer, Counties: []string{"150623"}, Days: 1}, "counties more-than-own"},
		{"for ever", access.NewToken{Name: "x", Role: access.Viewer}, "days out-of-range"},
		{"no name", access.NewToken{Name: " ", Role: access.Viewer, Days: 400}, "name bad-format; days out-of-range"},
	} {
		if _, _, err := a.CreateToken(ctx, owner, tt.give); codes(err) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, codes(err), tt.want)
		}
	}
	text, token, err := a.CreateToken(ctx, owner, access.NewToken{Name: "vendor", Role: access.Inspector, Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "taohe_") || len(text) < 40 || token.LastUsedAt != nil {
		t.Errorf("%q %+v", text, token)
	}
	rights := func() string {
		t.Helper()
		c, err := a.ByToken(ctx, text, home)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%s %s %v", c.Name, c.Role, c.Counties)
	}
	if got := rights(); got != "赵六 inspector [150621 150622]" {
		t.Error(got)
	}
	role, counties := access.Viewer, []string{"150622", "150699"}
	if _, err := a.Change(ctx, "赵六", access.Change{Role: &role, Counties: &counties}); err != nil {
		t.Fatal(err)
	}
	if got := rights(); got != "赵六 viewer [150622]" {
		t.Error(got)
	}
	// Of no county in common nothing is seen, which is not all.
	counties = []string{"150699"}
	if _, err := a.Change(ctx, "赵六", access.Change{Counties: &counties}); err != nil {
		t.Fatal(err)
	}
	c, err := a.ByToken(ctx, text, home)
	if err != nil || c.Everywhere() || c.SeesAny([]string{"150621", "150699"}) || c.Identity(access.Viewer, false).Counties != "" {
		t.Errorf("%+v, %v", c, err)
	}
	all, err := a.Tokens(ctx, owner.ID)
	if err != nil || len(all) != 1 || all[0].LastUsedAt == nil {
		t.Errorf("%+v, %v", all, err)
	}
	const nobody = "token: the session or token is not good"
	if _, err := pool.Exec(ctx, `update account_token set expires_at = now()`); err != nil {
		t.Fatal(err)
	}
	if got := rights(); got != nobody {
		t.Errorf("expired: %s", got)
	}
	text, token, err = a.CreateToken(ctx, owner, access.NewToken{Name: "again", Role: access.Viewer, Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.RevokeToken(ctx, owner.ID+1, token.ID); !errors.Is(err, access.ErrNotFound) {
		t.Errorf("another's token: %v", err)
	}
	if revoked, err := a.RevokeToken(ctx, owner.ID, token.ID); err != nil || revoked.RevokedAt == nil || rights() != nobody {
		t.Errorf("revoked: %+v, %v, %s", revoked, err, rights())
	}
}

// What is in the log stays, and whoever changes it nevertheless is found out.
func TestAudit(t *testing.T) {
	t.Parallel()
	a, pool := begin(t)
	ctx := t.Context()
	for i := range 4 {
		if err := a.Record(ctx, byCommand, "account add", fmt.Sprintf("account %d", i), access.ResultOK, ""); err != nil {
			t.Fatal(err)
		}
	}
	verified := func() access.AuditVerification {
		t.Helper()
		v, err := a.Verify(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := verified(); v.Break != "" || v.Events != 4 {
		t.Fatalf("%+v", v)
	}
	found, err := a.Audit(ctx, access.Search{Action: "account", Resource: "2", Limit: 10})
	if err != nil || len(found) != 1 || found[0].No != 3 || found[0].Actor != "root" || found[0].Via != "command" {
		t.Errorf("%+v, %v", found, err)
	}
	for _, change := range []string{`update audit_event set actor = 'nobody'`, `delete from audit_event`, `truncate audit_event`, `delete from audit_head`} {
		if _, err := pool.Exec(ctx, change); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", change, err)
		}
	}
	// The owner can take the trigger away; the chain tells.
	for _, tt := range []struct{ change, want string }{
		{`update audit_event set actor = 'nobody' where no = 2`, "audit event 2: its actor is not what its body says"},
		{`update audit_event set actor = 'root', body = replace(body, 'account 1', 'account 9') where no = 2`, "audit event 2: its hash is not that of its body over the event before"},
		{`delete from audit_event where no = 2`, "audit event 2 is missing; 3 follows"},
	} {
		if err := tamper(ctx, pool, tt.change); err != nil {
			t.Fatal(err)
		}
		if v := verified(); v.Break != tt.want {
			t.Errorf("%s: got %q, want %q", tt.change, v.Break, tt.want)
		}
	}
}

func tamper(ctx context.Context, pool *pgxpool.Pool, change string) error {
	_, err := pool.Exec(ctx, `alter table audit_event disable trigger append_only; `+change+`; alter table audit_event enable trigger append_only`)
	return err
}

// Many at once write one after the other, without a gap.
func TestAuditAtOnce(t *testing.T) {
	t.Parallel()
	a, _ := begin(t)
	const writers, each = 4, 25
	ended := make(chan error, writers)
	for range writers {
		go func() {
			for range each {
				if err := a.Record(t.Context(), byCommand, "run", "", access.ResultOK, ""); err != nil {
					ended <- err
					return
				}
			}
			ended <- nil
		}()
	}
	for range writers {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if v, err := a.Verify(t.Context()); err != nil || v.Break != "" || v.Events != writers*each {
		t.Errorf("%+v, %v", v, err)
	}
}

func BenchmarkSignIn(b *testing.B) {
	pool := pgtest.New(b)
	a := access.New(pool)
	if _, err := a.Create(b.Context(), byCommand, access.NewAccount{Name: "b", Role: access.Viewer, Password: password}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := a.SignIn(b.Context(), "b", password, home, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// Statements are run with the rights that an operation takes, never with more than
// the caller has.
func TestIdentityIsTheLeast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		role, least access.Role
		want        string
	}{
		{access.Admin, access.Viewer, "taohe_viewer"},
		{access.Admin, access.Approver, "taohe_approver"},
		{access.Viewer, access.Viewer, "taohe_viewer"},
		{access.Viewer, access.Admin, "taohe_viewer"},
	} {
		c := access.Caller{Name: "张三", Role: tt.role, Counties: []string{"150621"}, Via: access.ViaSession}
		if id := c.Identity(tt.least, true); id.Role != tt.want || id.Counties != "150621" || !id.Cites {
			t.Errorf("%s for what takes %s: %+v", tt.role, tt.least, id)
		}
	}
	if id := access.Local("127.0.0.1").Identity(access.Viewer, true); id.Role != "" {
		t.Errorf("where there is no account: %+v", id)
	}
}
