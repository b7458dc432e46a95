package ogc_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
)

// fileQuilt stores 32 by 32 squares of 360/2^18 degrees of forest as an accepted
// version, but for every fourth of the west: 896, of which level 13 is the first that
// shows each. The corner in the south-west is one of cells of level 8.
func (s *server) fileQuilt() (id int64) {
	s.Helper()
	s.exec(`insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(109, 39.5, 110.5, 40.5, 4490))`)
	err := s.pool.QueryRow(s.Context(), `
		insert into dataset (county_code, layer, source, vintage, status, rows_read, rows_loaded, extent, loaded_at, accepted_at, accepted_by)
		select '159900', 'forest', 'forestry', '2022-05-15', 'accepted', 896, 896,
		       st_makeenvelope(109.51171875, 40.0341796875, 109.51171875 + 360 / 2 ^ 13, 40.0341796875 + 360 / 2 ^ 13, 4490), now(), now(), 'test'
		returning id`).Scan(&id)
	if err != nil {
		s.Fatal(err)
	}
	s.exec(`select add_dataset_table($1)`, id)
	s.exec(`
		insert into forest (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, land_code, owner)
		select '159900', $1, i * 32 + j + 1, 1, i * 32 + j + 1, g.geom, ellipsoidal_area_m2(g.geom),
		       case when i >= 16 and (j >= 16 or i % 2 = 1 and j % 2 = 1) then '0302' else '0301' end, '示例村'
		from (select 360 / 2 ^ 18 as s) side, generate_series(0, 31) i, generate_series(0, 31) j
		cross join lateral (select st_multi(st_segmentize(st_makeenvelope(
		    109.51171875 + i * s, 40.0341796875 + j * s, 109.51171875 + (i + 1) * s, 40.0341796875 + (j + 1) * s, 4490), 0.0006)) as geom) g
		where not (i < 16 and i % 2 = 1 and j % 2 = 1)`, id)
	return id
}

func (s *server) exec(sql string, args ...any) {
	s.Helper()
	if _, err := s.pool.Exec(s.Context(), sql, args...); err != nil {
		s.Fatal(err)
	}
}

// tileAt is the tile of a matrix in which a point lies: its address below the
// collection, and its left and top and side in the system of the set.
func tileAt(set string, matrix int, lon, lat float64) (path string, left, top, side float64) {
	n := math.Exp2(float64(matrix))
	col, row := math.Floor((lon+180)/360*n), math.Floor((1-math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi)/2*n)
	side, left, top = 2*20037508.342789244/n, -20037508.342789244, 20037508.342789244
	if set == "CGCS2000Quad" {
		col, row = math.Floor((lon+180)/180*n), math.Floor((90-lat)/180*n)
		side, left, top = 180/n, -180, 90
	}
	return fmt.Sprintf("/tiles/%s/%d/%.0f/%.0f", set, matrix, row, col), left + col*side, top - row*side, side
}

// What stands in the tiles of a drawn layer is what follows from its drawing: cells
// where its rows could not be told apart, from the copies on, and then the rows.
func TestGeneralisedTiles(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	id := s.fileQuilt()
	const forest = "/collections/forest"
	lon, lat := 109.52, 40.04 // in the south-west
	overview, _, _, _ := tileAt("WebMercatorQuad", 9, lon, lat)
	if a := s.get(forest + overview); a.status != http.StatusOK {
		t.Fatalf("896 rows without copies: %d %s", a.status, a.body)
	}
	before := s.get(forest + overview).header.Get("ETag")
	if err := s.p.MakeCopies(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	after := s.get(forest+overview, "If-None-Match", before)
	if after.status != http.StatusOK || after.header.Get("ETag") == before {
		t.Errorf("with copies the tile is the same: %d %s", after.status, before)
	}
	for _, set := range []string{"WebMercatorQuad", "CGCS2000Quad"} {
		offset := 0
		if set == "CGCS2000Quad" { // whose matrix shows the level above its own
			offset = 1
		}
		limits := s.tileset("forest", set).TileMatrixSetLimits
		if len(limits) != 23 || limits[0].TileMatrix != "0" {
			t.Fatalf("%s: %+v", set, limits)
		}
		for matrix := range 23 {
			path, _, _, _ := tileAt(set, matrix, lon, lat)
			if a := s.get(forest + path); a.status != http.StatusOK || len(a.body) == 0 || len(a.body) > 500_000 {
				t.Errorf("%s: %d, %d bytes", path, a.status, len(a.body))
			}
		}
		path, left, top, side := tileAt(set, 9-offset, lon, lat)
		found := s.decoded(s.get(forest+path).body, left, top, side)
		var got []string
		for _, f := range found {
			p := f.Properties
			if p["id"] != nil || p["mu"] != nil || p["land_code"] != nil || p["owner"] != nil {
				t.Errorf("%s: a cell says what a row would: %v", path, p)
			}
			got = append(got, fmt.Sprint(p["class"], p["class_share"], p["share"], p["count"], p["generalised"]))
		}
		slices.Sort(got)
		want := []string{"0301 0.75 0.75 192 true", "0301 0.75 0.75 192 true", "0301 0.75 1 256 true", "0302 1 1 256 true"}
		if !slices.Equal(got, spaced(want)) {
			t.Errorf("%s: %q, want %q", path, got, spaced(want))
		}
		// Matrix of level 13, in the middle: squares with names and figures, none
		// generalised.
		path, left, top, side = tileAt(set, 13-offset, 109.51171875+360/math.Exp2(14), 40.0341796875+360/math.Exp2(14))
		found = s.decoded(s.get(forest+path).body, left, top, side)
		if len(found) < 200 {
			t.Errorf("%s: %d features", path, len(found))
		}
		for _, f := range found {
			name, _ := f.Properties["id"].(string)
			if mu, _ := f.Properties["mu"].(float64); f.Properties["generalised"] != nil || f.Properties["class"] != nil || !strings.HasPrefix(name, fmt.Sprintf("%d-", id)) || mu < 20 {
				t.Fatalf("%s: %v", path, f.Properties)
			}
		}
	}
	schema := s.tileset("forest", "CGCS2000Quad").Layers[0].PropertiesSchema
	for name, kind := range map[string]string{"generalised": "boolean", "class": "string", "class_share": "number", "share": "number", "count": "integer"} {
		if got := at(schema, "properties", name, "type"); got != kind {
			t.Errorf("schema of %s: %v", name, got)
		}
	}
	// Figures and features are the rows' own, whatever copies there are.
	if c := s.items("forest", "limit", "1"); *c.NumberMatched != 896 || c.Features[0].Properties["generalised"] != nil {
		t.Errorf("%+v", c)
	}
}

// spaced is how Sprint writes such a line: no space beside a text.
func spaced(lines []string) []string {
	out := slices.Clone(lines)
	for i, l := range out {
		class, rest, _ := strings.Cut(l, " ")
		out[i] = class + rest
	}
	return out
}

// A layer of so many rows that the whole would not do in one tile is offered from
// near alone, and wholly once there are copies.
func TestTilesBeforeCopies(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	id := s.fileQuilt()
	s.exec(`update dataset set rows_loaded = 100000 where id = $1`, id) // as a version of so many would say
	first := func() string { return s.tileset("forest", "WebMercatorQuad").TileMatrixSetLimits[0].TileMatrix }
	overview, _, _, _ := tileAt("WebMercatorQuad", 9, 109.52, 40.04)
	if a := s.get("/collections/forest" + overview); first() == "0" || a.status != http.StatusNotFound {
		t.Errorf("offered from %s, %d", first(), a.status)
	}
	if err := s.p.MakeCopies(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	if a := s.get("/collections/forest" + overview); first() != "0" || a.status != http.StatusOK {
		t.Errorf("with copies offered from %s, %d", first(), a.status)
	}
}

// A row of very many corners is the row it is, with a word that its outline is not
// its own; from near it is cut out of the whole.
func TestTilesOfLargeShapes(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	id := s.fileQuilt()
	s.exec(`delete from forest where row_no > 1`)
	s.exec(`update dataset set rows_loaded = 1, extent = st_makeenvelope(109.6, 40, 109.8, 40.2, 4490) where id = $1`, id)
	s.exec(`update forest set geom = st_multi(st_buffer(st_setsrid(st_point(109.7, 40.1), 4490), 0.1, 5000))`)
	if err := s.p.MakeCopies(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	for matrix, generalised := range map[int]any{4: true, 12: true, 17: nil} {
		// The western end of the disc.
		path, left, top, side := tileAt("CGCS2000Quad", matrix, 109.6+1e-7, 40.1)
		found := s.decoded(s.get("/collections/forest"+path).body, left, top, side)
		if len(found) != 1 || found[0].Properties["generalised"] != generalised || found[0].Properties["id"] != fmt.Sprintf("%d-1", id) {
			t.Fatalf("%s: %v", path, found)
		}
		// A tile holds what is in its box and a little around it.
		want := max(109.6, left-side/64)
		if b := found[0].bounds(); math.Abs(b[0]-want) > side/256/2 {
			t.Errorf("%s: it begins at %v, want %v", path, b[0], want)
		}
	}
}

func TestEmptyLayerHasTiles(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	id := s.fileQuilt()
	s.exec(`delete from forest`)
	s.exec(`update dataset set rows_loaded = 0, rows_read = 0 where id = $1`, id)
	if err := s.p.MakeCopies(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	for _, matrix := range []int{0, 9, 14} {
		path, _, _, _ := tileAt("CGCS2000Quad", matrix, 109.52, 40.04)
		if a := s.get("/collections/forest" + path); a.status != http.StatusOK || len(a.body) != 0 {
			t.Errorf("%s: %d, %d bytes", path, a.status, len(a.body))
		}
	}
}

// Behind a proxy links begin with what the service was told, not with what a request
// says.
func TestBaseURL(t *testing.T) {
	t.Parallel()
	base, err := api.ParseBaseURL("https://gis.example.cn/taohe/")
	if err != nil {
		t.Fatal(err)
	}
	s := startEmpty(t)
	s.fileQuilt()
	behind := startWith(t, s, func(d *api.Deps) { d.BaseURL = base })
	for _, path := range []string{"", "/collections", "/collections/forest", "/collections/forest/items?limit=1", "/collections/forest/tiles/CGCS2000Quad", "/api"} {
		a := behind.get(path, "Accept", "application/json", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "ftp")
		text := string(a.body) + strings.Join(a.header.Values("Link"), "\n")
		if a.status != http.StatusOK || !strings.Contains(text, "https://gis.example.cn/taohe/ogc"+strings.Split(path, "?")[0]) || strings.Contains(text, "127.0.0.1") || strings.Contains(text, "evil") {
			t.Errorf("%s: %d %.2000s", path, a.status, text)
		}
	}
	c := want[featureCollection](behind, behind.get("/collections/forest/items?limit=1"))
	if next := rel(c.Links, "next", ""); !strings.HasPrefix(next, "https://gis.example.cn/taohe/ogc/collections/forest/items?") {
		t.Error(next)
	} else if a := behind.get(strings.TrimPrefix(next, "https://gis.example.cn/taohe/ogc")); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	// Without it, forwarded headers are as if they were not there.
	if a := s.get("", "X-Forwarded-Host", "evil.example"); strings.Contains(string(a.body), "evil") || !strings.Contains(string(a.body), s.base) {
		t.Errorf("%s", a.body)
	}
}
