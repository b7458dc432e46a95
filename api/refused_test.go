package api_test

import (
	"net/http"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/access"
)

// What speaks of all counties of a run is refused to whoever is of one of them; what
// is one's own account's takes a sign-in, not a token, and an account.
func TestRefusedInPart(t *testing.T) {
	t.Parallel()
	s, _, _, _ := startWithRun(t, "mining_right", "disturbance")
	c := theContract().operations
	for _, id := range []string{"set-password", "change-account", "create-token"} {
		wantProblem(t, s.asked(c[id]), http.StatusConflict, "no-account")
	}
	s.account("root", access.Admin)
	want[map[string]any](t, s.signedIn("root").send("PUT", "/v1/counties/159901", `{"name":"邻旗","extent":[109,40,110.75,40.5]}`), http.StatusOK)
	if _, err := s.pool.Exec(t.Context(), `update run set counties = '{159900,159901}' where id = 1`); err != nil {
		t.Fatal(err)
	}
	owner := s.account("one", access.Viewer, "159900")
	one := s.signedIn("one")
	s.account("chief", access.Admin, "159900")
	chief := s.signedIn("chief")
	for id, r := range api.Rules() {
		if !r.Whole {
			continue
		}
		wantProblem(t, chief.asked(c[id]), http.StatusForbidden, "other-counties")
		if r.Least == access.Viewer {
			wantProblem(t, one.asked(c[id]), http.StatusForbidden, "other-counties")
		}
	}
	// What is of the caller's county is had at once.
	for _, path := range []string{"annex1?format=xlsx", "annex2?format=docx"} {
		if a := one.get("/v1/runs/1/" + path); a.status != http.StatusOK {
			t.Errorf("%s: %d %.300s", path, a.status, a.body)
		}
	}
	text, _ := s.token(owner)
	for _, id := range []string{"set-password", "sign-out"} {
		wantProblem(t, s.asking("one", "Authorization", "Bearer "+text).asked(c[id]), http.StatusForbidden, "forbidden")
	}
	// Of wrong passwords there is an end.
	const wrong = `{"old_password":"这不是那个口令，换一个","password":"河边的四棵老榆树和一口井"}`
	for tries := 0; ; tries++ {
		a := one.send(http.MethodPut, "/v1/me/password", wrong)
		if a.status == http.StatusTooManyRequests {
			wantProblem(t, a, http.StatusTooManyRequests, "too-many-sign-ins")
			break
		}
		if wantProblem(t, a, http.StatusUnauthorized, "sign-in-refused"); tries > 100 {
			t.Fatal("a hundred wrong passwords were looked at")
		}
	}
}

// A reader who has a mine computed anew changes something: a run is kept. That is in
// the log like any change; to be given one that is kept already is none.
func TestFreshReportIsAudited(t *testing.T) {
	t.Parallel()
	s, m, _, _ := startWithRun(t, "mining_right", "disturbance")
	s.account("one", access.Viewer, "159900")
	one := s.signedIn("one")
	path := "/v1/mines/C1599002017081120121295/report?fresh=true&as_of="
	for range 2 {
		want[mineRun](t, one.get(path+m.AsOf), http.StatusOK)
	}
	want[struct{ ID int64 }](t, one.get(path+"2022-06-01", "Prefer", "respond-async"), http.StatusAccepted)
	events, err := access.New(s.pool).Audit(t.Context(), access.Search{Action: "get-mine-report", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	for i, day := range []string{"2022-06-01", m.AsOf} {
		if len(events) != 2 || events[i].Actor != "one" || events[i].Via != access.ViaSession || events[i].Result != access.ResultOK || events[i].Resource != path+day {
			t.Fatalf("%+v", events)
		}
	}
}
