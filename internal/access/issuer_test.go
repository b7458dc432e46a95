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
