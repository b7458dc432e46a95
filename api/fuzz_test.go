package api_test

import (
	"bytes"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// internals are words of the program and its database, which no reply says.
var internals = regexp.MustCompile(`(?i)pgx|sqlstate|\.go:\d|goroutine|runtime error|nil pointer|/tmp/|postgres|violates|constraint "|relation "|column "`)

// Requests made from the document find no failure and nothing undocumented; each
// reply is as its schema says, and no refusal repeats what was sent or tells of
// the inside. TAOHE_API_FUZZ is how many (make fuzz-api), others each time unless
// TAOHE_API_SEED draws the same ones again; otherwise a few, always the same.
func TestFuzz(t *testing.T) {
	t.Parallel()
	requests, seed := 300, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("TAOHE_API_FUZZ")); err == nil {
		requests, seed = n, uint64(time.Now().UnixNano())
	}
	if n, err := strconv.ParseUint(os.Getenv("TAOHE_API_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("%d requests of TAOHE_API_SEED=%d", requests, seed)
	s, m := startWith(t)
	if r, _ := s.run(m.AsOf); r.Status != "complete" {
		t.Fatalf("run %+v", r)
	}
	s.send("POST", "/v1/ledger/feeds", `{"run_id":1,"by":"张三"}`)
	var licences []any
	for no := range s.mines(9) {
		licences = append(licences, no)
	}
	slices.SortFunc(licences, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	known := map[string][]any{
		"id": {1, 1, 2, 3, "1-C1599002017081120121295-mining_out_of_bounds"}, "run": {1}, "run_id": {1}, "code": {"159900"}, "county": {"159900"}, "county_code": {"159900"},
		"counties": {[]any{"159900"}}, "licence_no": licences, "against": {1}, "as_of": {m.AsOf}, "If-Match": {`"1"`, `"2"`, "*"}, "Prefer": {"respond-async", "wait=1"},
		"layer": {"mining_right", "forest"}, "township": {"中梁镇", "-"}, "mineral": {"煤", "-"}, "problem_type": {"越界开采"}, "fresh": {false, true}, "url": {"http://127.0.0.1:9/"}, "extent": {[]any{109, 40, 110, 41}},
		"rule": {"mining_out_of_bounds"}, "crs": {"EPSG:4490", "EPSG:4525"}, "corners": {[]any{[]any{109.6, 40.2}, []any{109.62, 40.2}, []any{109.62, 40.22}}, []any{[]any{}}},
		"wkt":     {"POLYGON((109.6 40.2,109.62 40.2,109.62 40.22,109.6 40.2))", "POLYGON((109 40", "POINT EMPTY"},
		"geojson": {map[string]any{"type": "Polygon", "coordinates": []any{[]any{[]any{109, 40}, []any{109.01, 40}, []any{109.01, 40.01}, []any{109, 40}}}}, map[string]any{"type": "Polygon"}},
	}
	c := theContract()
	operations := c.sorted()
	statuses := map[int]int{}
	for i := range requests {
		g := &generator{rand.New(rand.NewPCG(seed, uint64(i))), c, known}
		op := pick(g, operations)
		if slow[op.id] && !g.once(10) {
			op = pick(g, operations)
		}
		r := g.request(op)
		if slow[op.id] && (strings.Contains(r.address, "pdf") || slices.ContainsFunc(r.header, func(h string) bool { return strings.Contains(h, "pdf") })) {
			continue // LibreOffice takes seconds, and papers have tests of their own
		}
		if r.kind != "" {
			r.header = append(r.header, "Content-Type", r.kind)
		}
		a := s.do(r.method, r.address, strings.NewReader(r.body), r.header...)
		statuses[a.status]++
		got := seen(op, a.status, a.header, a.body)
		fault := ""
		switch found := c.find(r.method, mustURL(t, r.address)); {
		case a.status >= 500 && a.status != 501:
			fault = "failed"
		case found != op: // a path parameter that is empty, or holds a slash
		default:
			if err := c.allows(op, got, a.body, false); err != nil {
				fault = err.Error()
			}
		}
		if a.status >= 400 && bytes.Contains(a.body, []byte(marker)) {
			fault += " repeats what was sent"
		}
		if said := internals.Find(a.body); said != nil && a.status >= 400 {
			fault += " says " + string(said)
		}
		if fault != "" {
			t.Errorf("request %d of seed %d: %v: %s\n%s %s %v\n%.500q\n%.500s", i, seed, got, fault, r.method, r.address, r.header, r.body, a.body)
		}
	}
	t.Logf("statuses %v", statuses)
	if statuses[200] == 0 || statuses[422] == 0 || statuses[404] == 0 {
		t.Errorf("statuses %v: the requests try too little", statuses)
	}
}

// slow are the operations that take seconds each.
var slow = map[string]bool{
	"start-run": true, "start-dossiers": true, "get-mine-map": true, "get-mine-dossier": true, "get-annex1": true, "get-annex2": true, "get-briefing": true,
	"upload-dataset": true,
}

func mustURL(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
