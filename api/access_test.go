package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/access"
)

const (
	cookieName = "__Host-taohe"
	password   = "戈壁滩上的两只白色的山羊"
)

var byCommand = access.Caller{Name: "root", Role: access.Admin, Via: access.ViaCommand}

// account makes an account that is asked by from then on.
func (s *service) account(name string, role access.Role, counties ...string) access.Account {
	s.Helper()
	a, err := access.New(s.pool).Create(s.Context(), byCommand, access.NewAccount{Name: name, Role: role, Counties: counties, Password: password})
	if err != nil {
		s.Fatal(err)
	}
	return a
}

// signedIn is the service as somebody asks it who signed in.
func (s *service) signedIn(name string) *service {
	s.Helper()
	token, _, err := access.New(s.pool).SignIn(s.Context(), name, password, "192.0.2.1", "")
	if err != nil {
		s.Fatal(err)
	}
	return s.asking(name, "Cookie", cookieName+"="+token)
}

func (s *service) asking(name string, header ...string) *service {
	other := *s
	other.by, other.as = name, header
	return &other
}

// token is a token of an account, with all its rights.
func (s *service) token(owner access.Account) (string, access.Token) {
	s.Helper()
	text, t, err := access.New(s.pool).CreateToken(s.Context(), owner, access.NewToken{Name: "test", Role: owner.Role, Days: 1})
	if err != nil {
		s.Fatal(err)
	}
	return text, t
}

// From the first account on, everybody signs in; what a cookie is and does.
func TestSigningIn(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	if me := want[map[string]any](t, s.get("/v1/me"), http.StatusOK); me["via"] != "local" || me["name"] != access.LocalName {
		t.Errorf("without an account: %v", me)
	}
	wantProblem(t, s.get("/v1/me", "X-Forwarded-For", "192.0.2.7"), http.StatusUnauthorized, "unauthenticated")
	create := `{"name":"李四","role":"viewer","password":"` + password + `"}`
	wantProblem(t, s.send("POST", "/v1/accounts", create), http.StatusConflict, "no-account")

	owner := s.account("王五", access.Admin)
	wantProblem(t, s.get("/v1/me"), http.StatusUnauthorized, "unauthenticated")
	wantProblem(t, s.get("/ogc/collections"), http.StatusUnauthorized, "unauthenticated")
	wantProblem(t, s.get("/v1/me", "Authorization", "Basic eDp5"), http.StatusUnauthorized, "unauthenticated")
	wantProblem(t, s.send("POST", "/v1/session", `{"name":"王五","password":"another password"}`), http.StatusUnauthorized, "sign-in-refused")
	a := s.send("POST", "/v1/session", `{"name":"王五","password":"`+password+`"}`)
	if me := want[map[string]any](t, a, http.StatusOK); me["role"] != "admin" || me["via"] != "session" || me["all_counties"] != true {
		t.Errorf("%v", me)
	}
	cookies, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil || cookies.Name != cookieName || !cookies.HttpOnly || !cookies.Secure || cookies.SameSite != http.SameSiteStrictMode || cookies.Path != "/" || cookies.Domain != "" || cookies.MaxAge != 12*3600 {
		t.Errorf("%+v, %v", cookies, err)
	}
	in := s.asking("王五", "Cookie", cookieName+"="+cookies.Value)
	want[map[string]any](t, in.get("/v1/me"), http.StatusOK)
	// A page of another site makes the browser post, with the cookie.
	wantProblem(t, in.do("POST", "/v1/accounts", strings.NewReader(create), "Content-Type", "application/json", "Origin", "https://evil.example"), http.StatusForbidden, "cross-origin")
	made := want[map[string]any](t, in.send("POST", "/v1/accounts", create), http.StatusCreated)
	if made["created_by"] != "王五" || made["all_counties"] != true {
		t.Errorf("%v", made)
	}
	changed := want[map[string]any](t, in.send("PUT", "/v1/accounts/李四", `{"role":"editor","counties":["159900"]}`), http.StatusOK)
	if changed["role"] != "editor" || changed["all_counties"] != false {
		t.Errorf("%v", changed)
	}
	token := want[map[string]any](t, in.send("POST", "/v1/tokens", `{"name":"程序","role":"viewer","days":1}`), http.StatusCreated)
	program := s.asking("王五", "Authorization", "Bearer "+token["token"].(string))
	if me := want[map[string]any](t, program.get("/v1/me"), http.StatusOK); me["role"] != "viewer" || me["via"] != "token" {
		t.Errorf("%v", me)
	}
	// A program makes nothing with which it could stay.
	full, _ := s.token(owner)
	program = s.asking("王五", "Authorization", "Bearer "+full)
	wantProblem(t, program.send("POST", "/v1/tokens", `{"name":"再一个","role":"viewer","days":1}`), http.StatusForbidden, "forbidden")
	wantProblem(t, program.send("POST", "/v1/accounts", strings.Replace(create, "李四", "赵六", 1)), http.StatusForbidden, "forbidden")

	list := want[map[string][]map[string]any](t, in.get("/v1/tokens"), http.StatusOK)
	if len(list["items"]) != 2 || list["items"][0]["token"] != nil {
		t.Errorf("%v", list)
	}
	want[map[string]any](t, in.do("DELETE", fmt.Sprintf("/v1/tokens/%.0f", token["id"]), nil), http.StatusOK)
	want[map[string]any](t, in.send("PUT", "/v1/me/password", `{"old_password":"`+password+`","password":"河边的四棵老榆树和一口井"}`), http.StatusOK)
	if out := in.do("DELETE", "/v1/session", nil); out.status != http.StatusOK || !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d %v", out.status, out.header)
	}
	wantProblem(t, in.get("/v1/me"), http.StatusUnauthorized, "unauthenticated")

	// All of it is in the log, and that is whole.
	auditor := s.asking("", "Authorization", "Bearer "+full)
	events := want[struct{ Items []api.AuditEvent }](t, auditor.get("/v1/audit?limit=1000"), http.StatusOK).Items
	var got []string
	for _, e := range slices.Backward(events) {
		got = append(got, e.Actor+" "+e.Via+" "+e.Action+" "+e.Result)
		if e.Address != "127.0.0.1" {
			t.Errorf("from %s: %+v", e.Address, e)
		}
	}
	for _, w := range []string{
		"王五 none sign-in sign-in-refused", "王五 session sign-in ok", "王五 session create-account ok", "王五 session change-account ok", "王五 session create-token ok",
		"王五 token create-token forbidden", "王五 session revoke-token ok", "王五 session set-password ok", "王五 session sign-out ok", "本机 local create-account no-account",
	} {
		if n := strings.Count("\n"+strings.Join(got, "\n")+"\n", "\n"+w+"\n"); n != 1 {
			t.Errorf("%q is in the log %d times:\n%s", w, n, strings.Join(got, "\n"))
		}
	}
	if v, err := access.New(s.pool).Verify(t.Context()); err != nil || v.Break != "" || int(v.Events) != len(events) {
		t.Errorf("%+v, %v", v, err)
	}
	if found := want[struct {
		Items []api.AuditEvent
		Next  *string
	}](t, auditor.get("/v1/audit?actor=王五&action=create&result=ok&resource=tokens&limit=1"), http.StatusOK); len(found.Items) != 1 || found.Items[0].Action != "create-token" || found.Next != nil {
		t.Errorf("%+v", found)
	}
	for range 12 {
		a = s.send("POST", "/v1/session", `{"name":"孙七","password":"guess"}`)
	}
	wantProblem(t, a, http.StatusTooManyRequests, "too-many-sign-ins")
}

// Headers that keep replies from being used by pages, and sites that may ask.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := startIdle(t, func(d *api.Deps) { d.Origins, d.Hosts = []string{"https://map.example"}, []string{"taohe.example"} })
	a := s.get("/v1/counties")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if a := s.get("/v1/counties", "Host", "taohe.example:8443"); a.status != http.StatusOK {
		t.Errorf("a name that is served: %d", a.status)
	}
	for origin, allowed := range map[string]string{"https://map.example": "https://map.example", "https://evil.example": "", "https://map.example.evil.example": ""} {
		a := s.get("/v1/counties", "Origin", origin)
		if got := a.header.Get("Access-Control-Allow-Origin"); got != allowed || a.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s may read: %q", origin, got)
		}
		a = s.do(http.MethodOptions, "/v1/runs", nil, "Origin", origin, "Access-Control-Request-Method", "POST")
		if (a.status == http.StatusNoContent) != (allowed != "") {
			t.Errorf("%s asks beforehand: %d", origin, a.status)
		}
	}
}

// The word of a proxy counts, that of others does not.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, proxies, forwarded, want string
	}{
		{"no proxy is trusted", "", "198.51.100.9", "127.0.0.1"},
		{"one is", "127.0.0.1", "198.51.100.9", "198.51.100.9"},
		{"what the client made up is before it", "127.0.0.0/8", "203.0.113.1, 198.51.100.9", "198.51.100.9"},
		{"two are", "127.0.0.1 198.51.100.9", "203.0.113.1, 198.51.100.9", "203.0.113.1"},
	} {
		proxies, err := api.ParseProxies(strings.Fields(tt.proxies))
		if err != nil {
			t.Fatal(err)
		}
		s := startIdle(t, func(d *api.Deps) { d.Proxies = proxies })
		s.account("王五", access.Admin)
		wantProblem(t, s.do("POST", "/v1/session", strings.NewReader(`{"name":"王五","password":"wrong"}`), "Content-Type", "application/json", "X-Forwarded-For", tt.forwarded),
			http.StatusUnauthorized, "sign-in-refused")
		events, err := access.New(s.pool).Audit(t.Context(), access.Search{Limit: 10})
		if err != nil || len(events) != 1 || events[0].Address != tt.want {
			t.Errorf("%s: %+v, %v", tt.name, events, err)
		}
	}
	if _, err := api.ParseProxies([]string{"proxy.example"}); err == nil {
		t.Error("a name is taken for an address")
	}
}

// A browser that goes to sign in at an issuer keeps a state of its own; one that
// comes back without is refused, and what it brought is not written down.
func TestSignInPages(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	s := startIdle(t, func(d *api.Deps) { d.Issuer = &access.Issuer{URL: gone.URL, ClientID: "taohe"} })
	wantProblem(t, s.get("/signin"), http.StatusBadGateway, "issuer-unavailable")
	gone.Close()
	// A browser is led back to the application, which has the words.
	for path, onto := range map[string]string{"/signin": "./?sign-in=issuer-unavailable", api.ReturnPath + "?code=c&state=x": "../?sign-in=sign-in-refused"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/html,application/xhtml+xml")
		a, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != onto {
			t.Errorf("%s: %d to %s", path, a.StatusCode, a.Header.Get("Location"))
		}
	}
	if !want[api.Health](t, s.get("/healthz"), http.StatusOK).Issuer {
		t.Error("nobody is told of the issuer")
	}
	a := s.get(api.ReturnPath+"?code=worth-a-session&state=x", "Cookie", "__Host-taohe-signin=y")
	wantProblem(t, a, http.StatusUnauthorized, "sign-in-refused")
	if c := a.header.Get("Set-Cookie"); !strings.Contains(c, "__Host-taohe-signin=;") {
		t.Errorf("the state is kept: %s", c)
	}
	events, err := access.New(s.pool).Audit(t.Context(), access.Search{Action: "sign-in", Limit: 10})
	if err != nil || len(events) != 2 || events[0].Result != "sign-in-refused" || events[0].Resource != api.ReturnPath {
		t.Errorf("%+v, %v", events, err)
	}
	if strings.Contains(s.log.String(), "worth-a-session") {
		t.Error("the code is in the log")
	}
	plain := startIdle(t)
	wantProblem(t, plain.get("/signin"), http.StatusNotFound, "no-such-path")
}
