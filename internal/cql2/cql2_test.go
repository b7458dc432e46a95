package cql2_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/cql2"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// target is the lakes of rows.
func target() cql2.Target {
	return cql2.Target{
		SRID: 4490, CRS: cql2.CRS{SRID: 4490},
		Queryables: map[string]cql2.Queryable{
			"name": {SQL: "r.name", Type: cql2.Text}, "depth": {SQL: "r.depth", Type: cql2.Number},
			"length": {SQL: "r.length", Type: cql2.Number}, "salt": {SQL: "r.salt", Type: cql2.Bool},
			"seen_on": {SQL: "r.seen_on", Type: cql2.Day}, "open_from": {SQL: "r.open_from", Type: cql2.Day},
			"open_to": {SQL: "r.open_to", Type: cql2.Day}, "geometry": {SQL: "r.geom", Type: cql2.Shape}, "和": {SQL: "r.name", Type: cql2.Text},
		},
	}
}

// rows are lakes one degree wide, side by side from 109°E, each touching the
// next; none is a county's.
const rows = `(values
	(1, 'Smithwick', 100.5::float8, 12::float8, false, date '2022-03-01', date '2020-01-01', date '2021-12-31', st_geomfromtext('POLYGON((109 40,110 40,110 41,109 41,109 40))', 4490)),
	(2, 'smith 100%', 150, 150, true, '2022-04-16', '2022-01-01', '2022-06-30', st_geomfromtext('POLYGON((110 40,111 40,111 41,110 41,110 40))', 4490)),
	(3, '达拉特', 7.25, 3, false, '2022-05-31', '2022-06-30', '2023-06-30', st_geomfromtext('POLYGON((111 40,112 40,112 41,111 41,111 40))', 4490)),
	(4, 'O''Hara STRASSE', null, 3, null, null, '2022-01-01', null, st_geomfromtext('POLYGON((112 40,113 40,113 41,112 41,112 40))', 4490))
	) as r(id, name, depth, length, salt, seen_on, open_from, open_to, geom)`

// Each filter and the rows it chooses, told by hand. Those marked with a
// clause are the examples of the standard on other names.
func TestRows(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for _, tt := range []struct {
		filter string
		want   []int
	}{
		{"depth = 150", []int{2}},
		{"depth<>150", []int{1, 3}}, // an unknown depth is neither
		{"depth > 7.25 AND depth <= 1.5e2", []int{1, 2}},
		{"depth < 8 or name = 'Smithwick'", []int{1, 3}},
		{"NOT depth < 8", []int{1, 2}},
		{"NOT (depth < 8 OR salt = TRUE)", []int{1}},
		{"depth < 8 OR salt = true AND length = 1", []int{3}}, // AND binds closer
		{"(depth < 8 OR salt = true) AND length > 1", []int{2, 3}},
		{"salt", []int{2}},
		{"TRUE", []int{1, 2, 3, 4}},
		{"false or true", []int{1, 2, 3, 4}},
		{"depth IS NULL", []int{4}},
		{"depth is not null", []int{1, 2, 3}},
		{"salt IS NULL OR geometry IS NULL", []int{4}},
		{"length = depth", []int{2}}, // property-property
		{"150 = depth", []int{2}},
		{`"name" = '达拉特' AND 和 = '达拉特'`, []int{3}},
		{"name = 'O''Hara STRASSE'", []int{4}},
		{`name = 'O\'Hara STRASSE'`, []int{4}},
		{"name LIKE 'Smith%'", []int{1}}, // clause 7.2, name LIKE 'Smith%'
		{"name NOT LIKE '%mith%'", []int{3, 4}},
		{`name LIKE '%100\%'`, []int{2}},
		{"name LIKE '达__'", []int{3}},
		{"CASEI(name) LIKE CASEI('SMITH%')", []int{1, 2}},
		{"depth BETWEEN 100.0 and 150.0", []int{1, 2}}, // clause 7.2
		{"depth NOT BETWEEN 100 AND 150", []int{3}},
		{"name IN ('达拉特','Tokyo','Smithwick')", []int{1, 3}}, // clause 7.2
		{"length NOT IN (1,2,3,4)", []int{1, 2}},             // clause 7.2
		{"CASEI(name) IN (CASEI('Οδος'),CASEI('o''hara Straße'))", []int{4}},
		{"seen_on = DATE('2022-04-16')", []int{2}},
		{"seen_on > DATE('2022-03-01')", []int{2, 3}},
		{"seen_on BETWEEN DATE('2022-03-01') AND DATE('2022-04-16')", []int{1, 2}},
		{"seen_on = TIMESTAMP('2022-04-15T18:00:00Z')", []int{2}}, // the day it was in China
		{"seen_on = TIMESTAMP('2022-04-16T10:42:23.5+08:00')", []int{2}},
		{"T_AFTER(seen_on, DATE('2022-04-15'))", []int{2, 3}},
		{"T_BEFORE(seen_on, TIMESTAMP('2022-04-16T00:00:00+08:00'))", []int{1}},
		{"T_DISJOINT(seen_on, INTERVAL('2022-04-01','2022-05-30'))", []int{1, 3}},
		{"T_INTERSECTS(seen_on, INTERVAL('..','2022-04-16'))", []int{1, 2}},
		{"T_INTERSECTS(INTERVAL(open_from, open_to), INTERVAL('2022-06-30','..'))", []int{2, 3}},
		{"T_DURING(seen_on, INTERVAL('2022-03-01','2022-05-31'))", []int{2}}, // ends excluded
		{"T_CONTAINS(INTERVAL(open_from, open_to), INTERVAL('2022-02-01','2022-02-28'))", []int{2}},
		{"T_EQUALS(INTERVAL(open_from, open_to), INTERVAL('2020-01-01','2021-12-31'))", []int{1}},
		{"T_EQUALS(seen_on, DATE('2022-05-31'))", []int{3}},
		{"T_MEETS(INTERVAL(open_from, open_to), INTERVAL('2022-06-30','2022-07-01'))", []int{2}},
		{"T_METBY(INTERVAL(open_from, open_to), INTERVAL('2022-01-01','2022-06-30'))", []int{3}},
		{"T_STARTS(INTERVAL(open_from, open_to), INTERVAL('2022-01-01','2022-12-31'))", []int{2}},
		{"T_STARTEDBY(INTERVAL(open_from, open_to), INTERVAL('2022-01-01','2022-03-31'))", []int{2}},
		{"T_FINISHES(INTERVAL(open_from, open_to), INTERVAL('2021-01-01','2022-06-30'))", []int{2}},
		{"T_FINISHEDBY(INTERVAL(open_from, open_to), INTERVAL('2022-03-01','2022-06-30'))", []int{2}},
		{"T_OVERLAPS(INTERVAL(open_from, open_to), INTERVAL('2022-03-01','2022-12-31'))", []int{2}},
		{"T_OVERLAPPEDBY(INTERVAL(open_from, open_to), INTERVAL('2021-03-01','2022-03-01'))", []int{2}},
		{"S_INTERSECTS(geometry,POINT(109.5 40.5))", []int{1}}, // clause 7.5
		{"S_INTERSECTS(geometry, POINT(110 40.5))", []int{1, 2}},
		{"S_INTERSECTS(BBOX(110.5,40.2,111.5,40.4), geometry)", []int{2, 3}},
		{"S_INTERSECTS(geometry, BBOX(110.5,40.2,0,111.5,40.4,9))", []int{2, 3}},
		{"S_INTERSECTS(geometry, BBOX(112.5,-90,109.5,90))", []int{1, 4}}, // over the antimeridian
		{"S_INTERSECTS(geometry, BBOX(110.5,40.5,110.5,40.5))", []int{2}},
		{"S_INTERSECTS(geometry, BBOX(110.5,40.5,111.5,40.5))", []int{2, 3}},
		{"s_intersects(geometry, LINESTRING(109.5 40.5, 110.5 40.5))", []int{1, 2}},
		{"S_INTERSECTS(geometry, MULTIPOINT(109.5 40.5,(112.5 40.5)))", []int{1, 4}},
		{"S_INTERSECTS(geometry, MULTILINESTRING((109.5 40.5,109.6 40.5),(112.5 40.5,112.6 40.5)))", []int{1, 4}},
		{"S_INTERSECTS(geometry, POLYGON Z((109.2 40.2 1,109.8 40.2 1,109.8 40.8 1,109.2 40.2 1)))", []int{1}},
		{"S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(109.5 40.5),MULTIPOLYGON(((112.2 40.2,112.4 40.2,112.4 40.4,112.2 40.2)))))", []int{1, 4}},
		{"S_DISJOINT(geometry, POINT(109.5 40.5))", []int{2, 3, 4}},
		{"S_TOUCHES(geometry, BBOX(110,40,111,41))", []int{1, 3}},
		{"S_EQUALS(geometry, BBOX(110,40,111,41))", []int{2}},
		{"S_WITHIN(geometry, BBOX(109,39,111.5,42))", []int{1, 2}},
		{"S_CONTAINS(geometry, POLYGON((109.2 40.2,109.8 40.2,109.8 40.8,109.2 40.2),(109.6 40.4,109.7 40.4,109.7 40.5,109.6 40.4)))", []int{1}},
		{"S_OVERLAPS(geometry, BBOX(110.5,40.5,112,41))", []int{2, 3}},
		{"S_CROSSES(LINESTRING(109.5 40.5, 110.5 40.5), geometry)", []int{1, 2}},
	} {
		e, err := cql2.Parse(tt.filter)
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		c, err := cql2.Compile(e, target())
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		found, err := pool.Query(t.Context(), "select r.id from "+rows+" where "+c.SQL+" order by r.id", c.Args...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(found, pgx.RowTo[int])
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v, want %v\n%s", tt.filter, got, err, tt.want, c.SQL)
		}
		again, err := cql2.ParseAny(e.String())
		if err != nil || !again.Equal(e) {
			t.Errorf("%s: written anew %s: %v", tt.filter, e, err)
		}
	}
}

// A filter in a plane, and one with latitude first, choose the same ground.
func TestReferenceSystems(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	zone37 := cql2.CRS{SRID: 4525, NorthFirst: true, Projected: true, FalseEastingM: 37500000}
	for _, tt := range []struct {
		crs    cql2.CRS
		filter string
		want   []int
	}{
		{cql2.CRS{SRID: 4490, NorthFirst: true}, "S_INTERSECTS(geometry, POINT(40.5 109.5))", []int{1}},
		{cql2.CRS{SRID: 4490, NorthFirst: true}, "S_INTERSECTS(geometry, BBOX(40.2,110.5,40.4,111.5))", []int{2, 3}},
		// 111°30′E is 42 km east of the zone's middle at 40°30′N.
		{zone37, "S_INTERSECTS(geometry, POINT(4485000 37542000))", []int{3}},
		{zone37, "S_INTERSECTS(geometry, BBOX(4480000,37490000,4490000,37510000))", []int{2, 3}},
		{zone37, "S_WITHIN(geometry, BBOX(4000000,37400000,5000000,37600000))", []int{2, 3}},
	} {
		target := target()
		target.CRS = tt.crs
		e, err := cql2.Parse(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		c, err := cql2.Compile(e, target)
		if err != nil {
			t.Fatal(err)
		}
		found, err := pool.Query(t.Context(), "select r.id from "+rows+" where "+c.SQL+" order by r.id", c.Args...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(found, pgx.RowTo[int])
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v, want %v", tt.filter, got, err, tt.want)
		}
	}
}

// An edge that is straight in the plane is not cut short by going over to
// longitude and latitude corner by corner.
func TestStraightInThePlane(t *testing.T) {
	t.Parallel()
	target := target()
	target.CRS = cql2.CRS{SRID: 4525, NorthFirst: true, Projected: true, FalseEastingM: 37500000}
	e, err := cql2.Parse("S_INTERSECTS(geometry, LINESTRING(4450000 37400000, 4450000 37600000))")
	if err != nil {
		t.Fatal(err)
	}
	c, err := cql2.Compile(e, target)
	if err != nil {
		t.Fatal(err)
	}
	shape := regexp.MustCompile(`\(select .*4\S*|\(select st_transform.*\)\)`).FindString(c.SQL)
	var points int
	if err := pgtest.New(t).QueryRow(t.Context(), "select st_npoints("+strings.TrimSuffix(shape, ")")+")", c.Args...).Scan(&points); err != nil {
		t.Fatal(err)
	}
	if want := 200000/70 + 2; points != want { // 200 km by pieces of at most 70 m
		t.Errorf("%d points, want %d: %s", points, want, shape)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return strings.Repeat("(", n) + "TRUE" + strings.Repeat(")", n) }
	for _, tt := range []struct{ filter, want string }{
		{"", "1 filter-syntax"},
		{"   ", "4 filter-syntax"},
		{"depth =", "8 filter-syntax"},
		{"depth = 5 6", "11 filter-syntax"},
		{"depth == 5", "8 filter-syntax"},
		{"depth = 1e999", "9 filter-syntax"},
		{"depth = 1.2.3", "9 filter-syntax"},
		{"name = 'abc", "8 filter-syntax"},
		{`"name = 'abc'`, "1 filter-syntax"},
		{"name = 'a'; drop table run", "11 filter-syntax"},
		{"name = 'a' -- x", "12 filter-syntax"},
		{"达拉特 = 1 AND $1 = 2", "13 filter-syntax"},
		{"depth BETWEEN 1", "16 filter-syntax"},
		{"depth BETWEEN 1, 2", "16 filter-syntax"},
		{"depth IN ()", "11 filter-syntax"},
		{"depth IN (1", "12 filter-syntax"},
		{"depth NOT = 1", "11 filter-syntax"},
		{"depth IS 5", "10 filter-syntax"},
		{"depth = and", "9 filter-syntax"},
		{"(depth = 1", "11 filter-syntax"},
		{"1 = 1 = 1", "7 filter-syntax"},
		{deep(60), "52 filter-too-long"},
		{strings.Repeat("NOT ", 60) + "TRUE", "205 filter-too-long"},
		{strings.Repeat("达", 33000), "32769 filter-too-long"},
		{"colour = 'red'", "1 filter-unknown-property"},
		{"name = red", "8 filter-unknown-property"},
		{"Name = 'a'", "1 filter-unknown-property"},
		{"depth = '5'", "9 filter-type"},
		{"seen_on = '2022-01-01'", "11 filter-type"},
		{"name > 5", "8 filter-type"},
		{"salt > TRUE", "1 filter-type"},
		{"geometry = POINT(1 2)", "1 filter-type"},
		{"depth", "1 filter-type"},
		{"depth AND salt", "1 filter-type"},
		{"depth LIKE 5", "1 filter-type"},
		{"name LIKE name", "11 filter-type"},
		{"CASEI(depth) = 'a'", "7 filter-type"},
		{"T_AFTER(name, DATE('2022-01-01'))", "9 filter-type"},
		{"seen_on = INTERVAL('..','..')", "11 filter-type"},
		{"S_INTERSECTS(name, POINT(1 2))", "14 filter-type"},
		{"DATE('2022-02-30') = seen_on", "6 filter-syntax"},
		{"TIMESTAMP('2022-02-03') = seen_on", "11 filter-syntax"},
		{"T_AFTER(seen_on, INTERVAL('x','..'))", "27 filter-syntax"},
		{"T_AFTER(seen_on)", "16 filter-syntax"},
		{"T_AFTER(INTERVAL(1,'..'), seen_on)", "18 filter-syntax"},
		{"ACCENTI(name) = 'a'", "1 filter-unsupported"},
		{"pg_sleep(10) IS NULL", "1 filter-unsupported"},
		{"S_INTERSECTS(geometry, POINT(1 2, 3 4))", "29 filter-geometry"},
		{"S_INTERSECTS(geometry, POINT(1))", "31 filter-syntax"},
		{"S_INTERSECTS(geometry, LINESTRING(1 2))", "34 filter-geometry"},
		{"S_INTERSECTS(geometry, POLYGON((1 2,3 4,5 6)))", "32 filter-geometry"},
		{"S_INTERSECTS(geometry, POLYGON((1 2,3 4,5 6,1 3)))", "32 filter-geometry"},
		{"S_INTERSECTS(geometry, BBOX(1,2,3))", "28 filter-geometry"},
		{"S_INTERSECTS(geometry, BBOX(1,5,3,2))", "24 filter-geometry"},
		{"S_INTERSECTS(geometry, GEOMETRYCOLLECTION(BBOX(1,2,3,4)))", "43 filter-geometry"},
		{"S_TOUCHES(geometry, GEOMETRYCOLLECTION(POINT(1 2)))", "21 filter-geometry"},
		{"S_INTERSECTS(geometry, POINT(40 109))", "24 filter-geometry"},
		{"S_INTERSECTS(geometry, " + strings.Repeat("GEOMETRYCOLLECTION(", 60) + "POINT(1 2)", "974 filter-too-long"},
	} {
		e, err := cql2.Parse(tt.filter)
		if err == nil {
			_, err = cql2.Compile(e, target())
		}
		var fault *cql2.Error
		if !errors.As(err, &fault) {
			t.Errorf("%.80s: %v", tt.filter, err)
			continue
		}
		if got := fmt.Sprint(fault.Pos, " ", fault.Code); got != tt.want || fault.Message == "" {
			t.Errorf("%.80s: %s, want %s", tt.filter, got, tt.want)
		}
	}
}

// The words that SQL made of a filter may consist of.
var known = regexp.MustCompile(`^(r\.(name|depth|length|salt|seen_on|open_from|open_to|geom)|\$[0-9]+::(text|double precision|boolean|date|integer)|` +
	`st_(intersects|equals|disjoint|touches|within|overlaps|crosses|contains|geomfromtext|transform|segmentize)|` +
	`lower|upper|collate "und-x-icu"|select|and|or|not|like|between|in|is|null|'-?infinity'::date|[(),]|=|<>|<=|>=|<|>| )`)

// Whatever is read, SQL consists of known words and numbered arguments, of
// which there are as many as are bound, and the filter written anew is the same.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"depth > 7.25 AND NOT (name LIKE 'a%' OR salt = TRUE)", "depth NOT BETWEEN -1 AND +.5e-3", "name IN ('a','b''c','d\\'e','\\\\')",
		`"name" IS NOT NULL`, "CASEI(name) = CASEI('Straße')", "T_DURING(INTERVAL(open_from,'..'), INTERVAL('2022-01-01','2022-12-31T00:00:00Z'))",
		"seen_on <= TIMESTAMP('2022-04-16T10:42:23.5+08:00')", "S_INTERSECTS(geometry, BBOX(1,2,3,4))",
		"S_WITHIN(geometry, MULTIPOLYGON Z(((1 2 3,3 4 3,5 6 3,1 2 3))))", "S_INTERSECTS(GEOMETRYCOLLECTION(POINT(1 2),MULTIPOINT(1 2,(3 4))), geometry)",
		"S_INTERSECTS(geometry, BBOX(170,-10,-170,10))", "和 = '1' or 1=1 --", "-0 = depth",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, filter string, plane bool) {
		e, err := cql2.Parse(filter)
		var fault *cql2.Error
		if err != nil {
			if !errors.As(err, &fault) || fault.Pos < 1 || fault.Pos > len([]rune(filter))+1 || fault.Message == "" {
				t.Fatalf("%q: %v", filter, err)
			}
			return
		}
		written := e.String()
		again, err := cql2.ParseAny(written)
		if err != nil || !again.Equal(e) {
			t.Fatalf("%q: written anew %q: %v", filter, written, err)
		}
		target := target()
		if plane {
			target.CRS = cql2.CRS{SRID: 4525, NorthFirst: true, Projected: true, FalseEastingM: 37500000}
		}
		c, err := cql2.Compile(e, target)
		if err != nil {
			if !errors.As(err, &fault) {
				t.Fatalf("%q: %v", filter, err)
			}
			return
		}
		highest := 0
		for rest := c.SQL; rest != ""; {
			w := known.FindString(rest)
			if w == "" {
				t.Fatalf("%q: unknown SQL %q in %q", filter, rest, c.SQL)
			}
			var n int
			if _, err := fmt.Sscanf(w, "$%d", &n); err == nil {
				highest = max(highest, n)
			}
			rest = rest[len(w):]
		}
		if highest != len(c.Args) {
			t.Fatalf("%q: %d arguments, %d named in %q", filter, len(c.Args), highest, c.SQL)
		}
	})
}
