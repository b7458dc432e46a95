package access_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/taohe-gis/taohe/internal/access"
)

// An issuer of this machine: it gives a code for each sign-in that it is asked for,
// and an ID token for a code with the verifier that belongs to its challenge.
type issuer struct {
	*httptest.Server
	challenge, nonce string
	// claims are changed before they are signed, to be wrong in one way each.
	change func(claims map[string]any)
}

func startIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{change: func(map[string]any) {}}
	found := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "one", Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.Handle("/", found)
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "good" || base64.RawURLEncoding.EncodeToString(sum[:]) != i.challenge {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		claims := map[string]any{"iss": i.URL, "aud": "taohe", "sub": "u-17", "exp": 4102444800, "nonce": i.nonce}
		i.change(claims)
		text, err := json.Marshal(claims)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"access_token": "x", "token_type": "Bearer", "id_token": oidctest.SignIDToken(key, "one", oidc.RS256, string(text)),
		})
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	found.SetIssuer(i.URL)
	return i
}

func TestOpenIDConnect(t *testing.T) {
	t.Parallel()
	a, _ := begin(t)
	ctx := t.Context()
	server := startIssuer(t)
	of := &access.Issuer{URL: server.URL, ClientID: "taohe", ClientSecret: "between us", ReturnURL: "https://taohe.example/signin/return"}
	create(t, a, access.NewAccount{Name: "钱八", Role: access.Inspector, Counties: []string{"150621"}, Issuer: server.URL, Subject: "u-17"})
	create(t, a, access.NewAccount{Name: "离职", Role: access.Admin, Issuer: server.URL, Subject: "u-18"})
	disabled := true
	if _, err := a.Change(ctx, "离职", access.Change{Disabled: &disabled}); err != nil {
		t.Fatal(err)
	}
	begun := func() (state string) {
		t.Helper()
		address, state, err := a.Begin(ctx, of)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if q.Get("state") != state || q.Get("client_id") != "taohe" || q.Get("code_challenge_method") != "S256" || q.Get("redirect_uri") != of.ReturnURL || q.Get("response_type") != "code" {
			t.Errorf("sent to %s", address)
		}
		server.challenge, server.nonce = q.Get("code_challenge"), q.Get("nonce")
		return state
	}
	state := begun()
	token, c, err := a.End(ctx, of, state, state, "good", home, "")
	if err != nil || c.Name != "钱八" || c.Role != access.Inspector || c.Everywhere() {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, err := a.BySession(ctx, token, home); err != nil {
		t.Error(err)
	}
	// Each thing that must fit, not fitting.
	claim := func(name string, value any) func(map[string]any) {
		return func(claims map[string]any) { claims[name] = value }
	}
	for _, tt := range []struct {
		name, kept, code string
		change           func(map[string]any)
	}{
		{"another browser", "another", "good", nil},
		{"no browser", "none", "good", nil},
		{"another code", "", "guessed", nil},
		{"for another service", "", "good", claim("aud", "another")},
		{"by another issuer", "", "good", claim("iss", "https://evil.example")},
		{"over", "", "good", claim("exp", 1000000000)},
		{"of another sign-in", "", "good", claim("nonce", "another")},
		{"nobody here", "", "good", claim("sub", "u-99")},
		{"disabled here", "", "good", claim("sub", "u-18")},
	} {
		state := begun()
		kept := state
		switch tt.kept {
		case "another":
			kept = begun()
		case "none":
			kept = ""
		}
		server.change = func(map[string]any) {}
		if tt.change != nil {
			server.change = tt.change
		}
		if _, _, err := a.End(ctx, of, state, kept, tt.code, home, ""); !errors.Is(err, access.ErrSignIn) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// Once.
	server.change = func(map[string]any) {}
	state = begun()
	for n, want := range []error{nil, access.ErrSignIn} {
		if _, _, err := a.End(ctx, of, state, state, "good", home, ""); !errors.Is(err, want) {
			t.Errorf("end %d: %v", n+1, err)
		}
	}
	server.Close()
	if _, _, err := a.Begin(ctx, &access.Issuer{URL: server.URL, ClientID: "taohe"}); !errors.Is(err, access.ErrIssuer) {
		t.Errorf("an issuer that is gone: %v", err)
	}
}

// Grants make accounts, change and end them, as people sign in, each in the audit log.
func TestOpenIDConnectGrants(t *testing.T) {
	t.Parallel()
	a, _ := begin(t)
	ctx := t.Context()
	server := startIssuer(t)
	of := &access.Issuer{
		URL: server.URL, ClientID: "taohe", ClientSecret: "between us", ReturnURL: "https://taohe.example/signin/return", Scopes: []string{"profile"}, RoleClaim: "groups",
	}
	for _, text := range []string{"taohe-admin=admin", "CN=审核,OU=矿山=approver@150622,150621,150622", "taohe=viewer@150621"} {
		g, err := access.ParseGrant(text)
		if err != nil {
			t.Fatal(err)
		}
		of.Grants = append(of.Grants, g)
	}
	for _, text := range []string{"", "viewer", "=viewer", "taohe=", "taohe=root", "taohe=viewer@", "taohe=viewer@15062", "taohe=viewer@150621;150622"} {
		if g, err := access.ParseGrant(text); err == nil {
			t.Errorf("%q is read as %+v", text, g)
		}
	}
	signIn := func(subject string, groups any, name string) (string, access.Caller, error) {
		t.Helper()
		address, state, err := a.Begin(ctx, of)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Query().Get("scope"); got != "openid profile" {
			t.Errorf("scope %q", got)
		}
		server.challenge, server.nonce = u.Query().Get("code_challenge"), u.Query().Get("nonce")
		server.change = func(claims map[string]any) {
			claims["sub"], claims["groups"], claims["preferred_username"] = subject, groups, name
		}
		return a.End(ctx, of, state, state, "good", home, "")
	}
	create(t, a, access.NewAccount{Name: "王五", Role: access.Admin})
	create(t, a, access.NewAccount{Name: "以前的", Role: access.Admin, Issuer: server.URL, Subject: "u-16"})
	// Whom no grant speaks of, who has no name to be called by, or another's.
	for _, tt := range []struct {
		name   string
		groups any
		called string
	}{
		{"of no group", nil, "钱八"},
		{"of another group", []string{"taohe-admins", "TAOHE"}, "钱八"},
		{"groups of another kind", map[string]any{"taohe-admin": true}, "钱八"},
		{"no name", []string{"taohe"}, ""},
		{"a name that is none", []string{"taohe"}, "钱 八"},
		{"another's name", []string{"taohe"}, "王五"},
	} {
		if _, c, err := signIn("u-17", tt.groups, tt.called); !errors.Is(err, access.ErrSignIn) {
			t.Errorf("%s: %+v, %v", tt.name, c, err)
		}
	}
	if all, err := a.Accounts(ctx); err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	for _, tt := range []struct {
		groups   any
		role     access.Role
		counties []string
	}{
		{"taohe", access.Viewer, []string{"150621"}},
		{[]string{"taohe"}, access.Viewer, []string{"150621"}},
		{[]string{"taohe", "CN=审核,OU=矿山"}, access.Approver, []string{"150621", "150622"}},
		{[]string{"taohe", "taohe-admin"}, access.Admin, nil},
		{[]string{"taohe"}, access.Viewer, []string{"150621"}},
	} {
		token, c, err := signIn("u-17", tt.groups, "钱八")
		if err != nil || c.Name != "钱八" || c.Role != tt.role || !slices.Equal(c.Counties, tt.counties) || c.Everywhere() != (tt.counties == nil) {
			t.Fatalf("%v: %+v, %v", tt.groups, c, err)
		}
		if c, err := a.BySession(ctx, token, home); err != nil || c.Role != tt.role {
			t.Errorf("%v: %+v, %v", tt.groups, c, err)
		}
	}
	// Out of all groups: what there was is over.
	session, _, err := signIn("u-17", "taohe", "钱八")
	if err != nil {
		t.Fatal(err)
	}
	owner, err := a.Account(ctx, "钱八")
	if err != nil || owner.HasPassword() {
		t.Fatalf("%+v, %v", owner, err)
	}
	text, _, err := a.CreateToken(ctx, owner, access.NewToken{Name: "x", Role: access.Viewer, Days: 9})
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"u-17", "u-16"} {
		if _, _, err := signIn(subject, []string{}, "钱八"); !errors.Is(err, access.ErrSignIn) {
			t.Errorf("%s, out of all groups: %v", subject, err)
		}
	}
	if _, err := a.BySession(ctx, session, home); !errors.Is(err, access.ErrNobody) {
		t.Errorf("the session before: %v", err)
	}
	if _, err := a.ByToken(ctx, text, home); !errors.Is(err, access.ErrNobody) {
		t.Errorf("the token: %v", err)
	}
	// Disabled by an admin: groups do not help.
	disabled := true
	if _, err := a.Change(ctx, "钱八", access.Change{Disabled: &disabled}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := signIn("u-17", "taohe-admin", "钱八"); !errors.Is(err, access.ErrSignIn) {
		t.Errorf("disabled: %v", err)
	}
	events, err := a.Audit(ctx, access.Search{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		if e.Address != home || e.Via != access.ViaSession || e.Result != access.ResultOK || !strings.Contains(e.Resource, e.Actor) {
			t.Errorf("%+v", e)
		}
		got = append(got, e.Action+" "+strings.TrimPrefix(e.Resource, "/v1/accounts/"))
	}
	want := []string{
		"change-account 以前的 no grant", "change-account 钱八 no grant", "change-account 钱八 viewer@150621", "change-account 钱八 admin",
		"change-account 钱八 approver@150621,150622", "create-account 钱八 viewer@150621",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the log holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if v, err := a.Verify(ctx); err != nil || v.Break != "" {
		t.Errorf("%+v, %v", v, err)
	}
}
