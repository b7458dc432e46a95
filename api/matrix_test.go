package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/access"
)

const accessPage = "../docs/access.md"

// between are the lines of a page that its source makes, in marks.
func between(page, mark string) (before, made, after string, found bool) {
	begin, end := "<!-- "+mark+" -->\n", "<!-- end of "+mark+" -->\n"
	before, rest, one := strings.Cut(page, begin)
	made, after, two := strings.Cut(rest, end)
	return before + begin, made, end + after, one && two
}

// heldPage holds a part of docs/access.md against what it is made from, or writes it.
func heldPage(t *testing.T, mark, want string) {
	t.Helper()
	text, err := os.ReadFile(accessPage)
	if err != nil {
		t.Fatal(err)
	}
	before, got, after, found := between(string(text), mark)
	switch {
	case !found:
		t.Fatalf("%s has no part %q", accessPage, mark)
	case got == want:
	case *update:
		if err := os.WriteFile(accessPage, []byte(before+want+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s: %s is not what the rules say; go test ./api -update", accessPage, mark)
	}
}

// ofText says in the page what an operation is bound by.
func ofText(r api.Rule, body bool) string {
	var out []string
	switch {
	case r.Everywhere:
		out = append(out, "bound to no county")
	case r.Of != "" && r.Whole:
		out = append(out, "all counties of the "+string(r.Of))
	case r.Of != "":
		out = append(out, "a county of the "+string(r.Of))
	case body && r.Whole:
		out = append(out, "all counties of what the body names")
	case body:
		out = append(out, "counties that the body names")
	case !r.Open && !r.Account:
		out = append(out, "shows its counties")
	}
	if r.Account {
		out = append(out, "signed in")
	}
	return strings.Join(out, ", ")
}

// bodyNames reports whether the body of an operation names a county, or what is of
// one: then it is refused with not-found to whoever is of another.
func bodyNames(op *operation, r api.Rule) bool {
	return r.Of == "" && !r.Everywhere && !r.Account && !r.Open && op.expects("not-found") && op.method != http.MethodGet && op.id != "revoke-token"
}

// cell is what the page, and the service, answer a role of the county itself.
func cell(r api.Rule, role access.Role) string {
	switch {
	case r.Open:
		return "yes"
	case !role.Reaches(r.Least):
		return "403"
	case r.Everywhere:
		return "all"
	}
	return "yes"
}

// docs/access.md shows every operation with what each role comes to.
func TestAccessPage(t *testing.T) {
	t.Parallel()
	row := func(b *strings.Builder, name, address string, r api.Rule, body bool) {
		fmt.Fprintf(b, "| %s | %s |", name, address)
		for _, role := range access.Roles() {
			fmt.Fprintf(b, " %s |", cell(r, role))
		}
		elsewhere, nobody := "–", "401"
		switch {
		case r.Open:
			nobody = "yes"
		case r.Of != "" || body:
			elsewhere = "404"
		}
		fmt.Fprintf(b, " %s | %s | %s |\n", elsewhere, nobody, ofText(r, body))
	}
	const head = "| operation | | viewer | editor | inspector | approver | admin | of another county | nobody, expired, revoked | bound by |\n|---|---|---|---|---|---|---|---|---|---|\n"
	var b strings.Builder
	b.WriteString(head)
	rules := api.Rules()
	for _, op := range theContract().sorted() {
		r, has := rules[op.id]
		if !has {
			continue // the document itself
		}
		row(&b, op.id, "`"+op.method+" "+op.path+"`", r, bodyNames(op, r))
		delete(rules, op.id)
	}
	if len(rules) > 0 {
		t.Errorf("rules of no operation: %v", slices.Sorted(maps.Keys(rules)))
	}
	for _, pattern := range slices.Sorted(maps.Keys(api.OGCRules())) {
		method, path, _ := strings.Cut(pattern, " ")
		row(&b, "", "`"+method+" /ogc"+path+"`", api.OGCRules()[pattern], false)
	}
	heldPage(t, "operations", b.String())
}

// seeded is what the matrix asks about, all of county 159900, and told to be there
// before each request that could take it away.
const seeded = `
insert into orthophoto (id, county_code, name, imaged_on, extent, epsg, width, height, transform, pixel_m, bytes, sha256)
values (1, '159900', '五月', '2022-05-10', st_multi(st_makeenvelope(109, 40, 109.1, 40.1, 4490)), 4490, 1, 1, '{0,0,0,0,0,0}', 1, 1, sha256('1'))
on conflict do nothing;
insert into orthophoto_chunk values (1, 0, '1') on conflict do nothing;
insert into job (id, kind, run_id, asked, status, finished_at, expires_at) overriding system value
values (1000, 'annex1', 1, '{}', 'cancelled', now(), now() + interval '1 day')
on conflict do nothing`

var signature = regexp.MustCompile(`"by":"[^"]*"`)

// asked makes the request of an operation in somebody's name.
func (s *service) asked(op *operation) answer {
	s.Helper()
	if _, err := s.pool.Exec(s.Context(), seeded); err != nil {
		s.Fatal(err)
	}
	body, kind := op.content(s.T)
	path := strings.Replace(op.address(), "/jobs/1", "/jobs/1000", 1)
	path = regexp.MustCompile(`by=[^&]*`).ReplaceAllString(path, "by="+url.QueryEscape(s.by))
	switch op.id {
	case "upload-dataset", "add-orthophoto": // as far as who may, and no further
		b, k := form(s.T, county40.Bytes(), "county", "159900", "file", "@may.tif")
		return s.do(op.method, path, b, "Content-Type", k)
	case "start-run": // of no mine yet
		body = `{"as_of":"1990-01-01","counties":["159900"]}`
	case "get-mine-map":
		path += "?dpi=72&orthophoto=none"
	case "get-mine-dossier":
		path += "?format=xlsx&orthophoto=none"
	}
	body = signature.ReplaceAllString(body, `"by":"`+s.by+`"`)
	header := []string{}
	if kind != "" {
		header = append(header, "Content-Type", kind)
	}
	return s.do(op.method, path, strings.NewReader(body), header...)
}

// Every operation, by every role, of the county and of another, with tokens that
// are good, over, revoked, and none: as docs/access.md says.
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.account("root", access.Admin)
	root := s.signedIn("root")
	m := root.county()
	want[map[string]any](t, root.send("PUT", "/v1/counties/159901", `{"name":"邻旗","extent":[109,40,110.75,40.5]}`), http.StatusOK)

	// The work itself, each by the least role that may do it.
	of := map[access.Role]*service{}
	owners := map[access.Role]access.Account{}
	for _, role := range access.Roles() {
		owners[role] = s.account(string(role), role, "159900")
		of[role] = s.signedIn(string(role))
	}
	of[access.Editor].uploads(m, "mining_right", "disturbance")
	of[access.Editor].run("2022-05-31")
	want[map[string]any](t, of[access.Inspector].send("POST", "/v1/ledger/feeds", `{"run_id":1,"by":"inspector"}`), http.StatusOK)
	wantProblem(t, of[access.Inspector].send("POST", "/v1/ledger/items/1/confirm", `{"by":"approver"}`), http.StatusUnprocessableEntity, "invalid-request")
	for _, deed := range []string{"confirm", "assign", "start"} {
		want[ledgerItem](t, of[access.Inspector].asked(theContract().operations[deed+"-ledger-item"]), http.StatusOK)
	}
	// By what statistics are split is not who signs.
	want[map[string]any](t, of[access.Viewer].get("/v1/statistics?by=township"), http.StatusOK)
	// Four eyes: by account, whatever it signs in with, whatever its role.
	propose := theContract().operations["propose-ledger-item"]
	approve := theContract().operations["approve-ledger-item"]
	want[ledgerItem](t, of[access.Approver].asked(propose), http.StatusOK)
	wantProblem(t, of[access.Approver].asked(approve), http.StatusConflict, "same-person")
	text, _ := s.token(owners[access.Approver])
	wantProblem(t, s.asking("approver", "Authorization", "Bearer "+text).asked(approve), http.StatusConflict, "same-person")
	wantProblem(t, of[access.Inspector].asked(approve), http.StatusForbidden, "forbidden")
	want[ledgerItem](t, of[access.Admin].asked(approve), http.StatusOK)

	// A key is its sender's: another's request is not answered with what was kept.
	early := `{"as_of":"1990-01-01","counties":["159900"]}`
	keyed := func(role access.Role) answer {
		return of[role].do("POST", "/v1/runs", strings.NewReader(early), "Content-Type", anyJSON, "Idempotency-Key", "k-1")
	}
	want[run](t, keyed(access.Editor), http.StatusAccepted)
	wantProblem(t, keyed(access.Inspector), http.StatusConflict, "idempotency-key-reused")

	// Those who come with nothing, or with what is not good any more.
	refused := map[string]*service{"nobody": s}
	for name, end := range map[string]string{
		"expired": `update account_token set expires_at = now() where id = $1`,
		"revoked": `update account_token set revoked_at = now() where id = $1`,
	} {
		text, token := s.token(owners[access.Admin])
		if _, err := s.pool.Exec(t.Context(), end, token.ID); err != nil {
			t.Fatal(err)
		}
		refused[name] = s.asking("admin", "Authorization", "Bearer "+text)
	}
	s.account("neighbour", access.Admin, "159901")
	neighbour := s.signedIn("neighbour")

	rules := api.Rules()
	ops := theContract().sorted()
	// What ends a session is asked last.
	slices.SortStableFunc(ops, func(a, b *operation) int { return boolToInt(a.id == "sign-out") - boolToInt(b.id == "sign-out") })
	for _, op := range ops {
		r, has := rules[op.id]
		if !has {
			continue
		}
		code := func(a answer) string { return seen(op, a.status, a.header, a.body).code }
		check := func(who, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s by %s: %q, want %q", op.id, who, got, want)
			}
		}
		for name, asks := range refused {
			if got := code(asks.asked(op)); r.Open {
				check(name, fmt.Sprint(got == "unauthenticated"), "false")
			} else {
				check(name, got, "unauthenticated")
			}
		}
		// Of another county: what is there is not, and lists hold nothing of it.
		a := neighbour.asked(op)
		switch got := code(a); {
		case r.Open:
		case r.Everywhere:
			check("neighbour", got, "forbidden")
		case r.Of != "" || bodyNames(op, r):
			check("neighbour", got, "not-found")
		case a.status == http.StatusOK && !r.Account && strings.Contains(strings.ReplaceAll(string(a.body), "159901", ""), "1599"):
			t.Errorf("%s shows the neighbour what is not theirs: %.300s", op.id, a.body)
		case a.status >= 500 || got == "forbidden" || got == "unauthenticated":
			t.Errorf("%s by the neighbour: %d %.300s", op.id, a.status, a.body)
		}
		for _, role := range access.Roles() {
			a := of[role].asked(op)
			got := code(a)
			switch cell(r, role) {
			case "403":
				check(string(role), got, "forbidden")
				continue
			case "all":
				check(string(role), got, "forbidden")
				a = root.asked(op)
				got = code(a)
			}
			// These name what is not there, or need a second run.
			elsewhere := slices.Contains([]string{"get-ledger-photograph", "get-orthophoto-tile", "get-briefing", "diff-runs"}, op.id)
			if got == "forbidden" || got == "unauthenticated" || r.Of != "" && got == "not-found" && !elsewhere || a.status >= 500 && a.status != http.StatusNotImplemented {
				t.Errorf("%s by %s: %d %.300s\n", op.id, role, a.status, a.body)
			}
		}
	}
	of[access.Viewer] = s.signedIn("viewer")
	for pattern := range api.OGCRules() {
		own, path, _ := strings.Cut(pattern, " ")
		for from, to := range map[string]string{
			"{collectionId}": "mining_right", "{featureId}": "1.1", "{tileMatrixSetId}": "WebMercatorQuad", "{tileMatrix}": "5", "{tileRow}": "12", "{tileCol}": "25",
			"{processId}": "overlay", "{jobId}": "run-1", "{outputId}": "findings",
		} {
			path = strings.ReplaceAll(path, from, to)
		}
		path = "/ogc" + strings.TrimSuffix(path, "/")
		for name, asks := range refused {
			asked := []string{own}
			if own == http.MethodGet {
				asked = append(asked, http.MethodHead)
			}
			for _, method := range asked {
				if a := asks.do(method, path, nil); a.status != http.StatusUnauthorized {
					t.Errorf("%s %s by %s: %d", method, path, name, a.status)
				}
			}
		}
		if a := neighbour.get(path); a.status >= 500 || strings.Contains(string(a.body), "C1599") {
			t.Errorf("%s shows the neighbour: %d %.200s", path, a.status, a.body)
		}
		if a := of[access.Viewer].get(path); a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || a.status >= 500 {
			t.Errorf("%s by a viewer: %d %.200s", path, a.status, a.body)
		}
	}
	if a := of[access.Viewer].get("/ogc/collections/mining_right/items"); !strings.Contains(string(a.body), "C1599") {
		t.Errorf("the mines of the county itself: %d %.300s", a.status, a.body)
	}
	if v, err := access.New(s.pool).Verify(t.Context()); err != nil || v.Break != "" || v.Events < 100 {
		t.Errorf("%+v, %v", v, err)
	}
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
