package ogc_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
)

// A drawing draws filters that are well formed, on whatever places and values.
type drawing struct{ *rand.Rand }

func (d drawing) one(of ...string) string { return of[d.IntN(len(of))] }

func (d drawing) point() string {
	odd := func(usual, unit float64) float64 {
		return []float64{usual + unit*d.NormFloat64(), 0, usual * 1000 * d.NormFloat64(), 180, -90, 1e7, -1e7, 41500000}[min(d.IntN(40), 7)]
	}
	return fmt.Sprint(odd(110, 0.5), " ", odd(40.3, 0.2))
}

func (d drawing) ring() string {
	p := []string{d.point(), d.point(), d.point()}
	return "(" + strings.Join(append(p, p[0]), ",") + ")"
}

func (d drawing) shape() string {
	switch d.IntN(7) {
	case 0:
		return "POINT(" + d.point() + ")"
	case 1:
		return "LINESTRING(" + d.point() + "," + d.point() + ")"
	case 2:
		return "POLYGON(" + d.ring() + ")"
	case 3:
		return "MULTIPOLYGON((" + d.ring() + "),(" + d.ring() + "))"
	case 4:
		return "GEOMETRYCOLLECTION(POINT(" + d.point() + "),POLYGON(" + d.ring() + "))"
	case 5:
		return "BBOX(" + strings.ReplaceAll(d.point()+","+d.point(), " ", ",") + ")"
	}
	return "geometry"
}

func (d drawing) day() string {
	return d.one("as_of", "DATE('2022-05-31')", "DATE('0001-01-01')", "DATE('9999-12-31')", "TIMESTAMP('2022-05-31T23:59:59.999Z')",
		"INTERVAL('..','2022-05-31')", "INTERVAL(as_of,'..')", "INTERVAL('..','..')")
}

func (d drawing) filter(depth int) string {
	text := func() string {
		return d.one("rule", "enterprise", "'unapproved'", "''", `'%\'`, `'\\\''`, "CASEI(rule)", "CASEI('ẞŉΣ')", "'', '\x01'", "certainty")
	}
	switch n := d.IntN(9); {
	case depth > 0 && n < 3:
		return "(" + d.filter(depth-1) + d.one(" AND ", " OR ") + d.filter(depth-1) + ")"
	case n < 4:
		return "NOT " + d.filter(0)
	case n < 5:
		return text() + d.one(" = ", " <> ", " < ", " >= ") + text()
	case n < 6:
		return text() + d.one(" LIKE ", " NOT LIKE ") + d.one("'%'", `'\%_'`, `'a\b'`, `'\\'`, "CASEI('%A%')")
	case n < 7:
		return d.one("mu", "run_id", "places", "1e308", "-1e-308") + d.one(" > ", " <> ") + d.one("mu", "run_id", "99999999999999999999", "0")
	case n < 8:
		return "T_" + d.one("AFTER", "DURING", "MEETS", "OVERLAPS", "EQUALS", "FINISHEDBY") + "(" + d.day() + "," + d.day() + ")"
	}
	return "S_" + d.one("INTERSECTS", "EQUALS", "DISJOINT", "TOUCHES", "WITHIN", "OVERLAPS", "CROSSES", "CONTAINS") + "(" + d.shape() + "," + d.shape() + ")"
}

// noFilterBreaks asks with a thousand filters: each is answered or refused, and
// none ends in the database.
func noFilterBreaks(s *server) {
	d := drawing{rand.New(rand.NewPCG(20220531, 1))} //nolint:gosec // drawn alike each time
	answered := 0
	for range 1000 {
		filter := d.filter(3)
		crs := d.one(crs84, crs84, crs84, cgcs2000, zone37, zone36cm, zone25)
		a := s.get("/collections/finding/items" + query("filter", filter, "filter-crs", crs, "limit", "3"))
		switch a.status {
		case http.StatusOK:
			answered++
		case http.StatusBadRequest:
		default:
			s.Errorf("%s in %s: %d %s", filter, crs, a.status, a.body)
		}
	}
	if answered < 200 {
		s.Errorf("only %d filters are answered", answered)
	}
	s.Logf("%d of 1000 are answered", answered)
}
