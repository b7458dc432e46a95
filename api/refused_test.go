package api_test

import (
	"net/http"
	"testing"

	"github.com/taohe-gis/taohe/internal/access"
)

// What speaks of all counties of a run is refused to whoever is of one of them; what
// is one's own account's takes a sign-in, not a token, and an account.
func TestRefusedInPart(t *testing.T) {
	t.Parallel()
	s, _, _, _ := startWithRun(t, "mining_right", "disturbance")
	c := theContract().operations
	for _, id := range []string{"set-password", "change-account"} {
		wantProblem(t, s.asked(c[id]), http.StatusConflict, "no-account")
	}
	s.account("root", access.Admin)
	want[map[string]any](t, s.signedIn("root").send("PUT", "/v1/counties/159901", `{"name":"邻旗","extent":[109,40,110.75,40.5]}`), http.StatusOK)
	if _, err := s.pool.Exec(t.Context(), `update run set counties = '{159900,159901}' where id = 1`); err != nil {
		t.Fatal(err)
	}
	owner := s.account("one", access.Viewer, "159900")
	one := s.signedIn("one")
	for _, id := range []string{"get-job", "follow-job", "get-job-file", "list-ledger-measurements"} {
		wantProblem(t, one.asked(c[id]), http.StatusForbidden, "forbidden")
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
