package ingest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
)

// A row of a made GeoJSON file: a polygon in zone 37 and its properties.
type madeRow struct {
	ring       []float64
	properties map[string]any
}

// box is a rectangle in zone 37, its lower left corner given from
// 37415000 4450000.
func box(x, y, width, height float64) []float64 {
	e, n := 37415000+x, 4450000+y
	return []float64{e, n, e + width, n, e + width, n + height, e, n + height, e, n}
}

// madeFile writes a GeoJSON in degrees.
func madeFile(t *testing.T, rows ...madeRow) string {
	t.Helper()
	zone := crs(t, 4525)
	features := make([]any, 0, len(rows))
	for _, r := range rows {
		var ring [][2]float64
		for i := 0; i < len(r.ring); i += 2 {
			lon, lat := zone.Inverse(r.ring[i], r.ring[i+1])
			ring = append(ring, [2]float64{lon, lat})
		}
		features = append(features, map[string]any{
			"type": "Feature", "properties": r.properties, "geometry": map[string]any{"type": "Polygon", "coordinates": [][][2]float64{ring}},
		})
	}
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "made.geojson")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// with is a row with the properties of a valid one, some changed or, with nil, left out.
func with(ring []float64, base map[string]any, changes map[string]any) madeRow {
	all := map[string]any{}
	for k, v := range base {
		all[k] = v
	}
	for k, v := range changes {
		if v == nil {
			delete(all, k)
		} else {
			all[k] = v
		}
	}
	return madeRow{ring, all}
}

var (
	aRight    = map[string]any{"许可证号": licenceA, "采矿权人": "甲", "有效期起": "2015-01-01", "有效期止": "2030-12-31"}
	aPatch    = map[string]any{"图斑编号": "1", "影像日期": "2022-04-23", "图斑类型": "采场"}
	aPark     = map[string]any{"名称": "甲", "类别": "自然保护区"}
	anApprove = map[string]any{"批准类型": "建设用地", "批准文号": "1号", "批准日期": "2020-01-01"}
	aParcel   = map[string]any{"DLBM": "0301"}
)

func found(diags []ingest.StoredDiagnostic, code string) []ingest.StoredDiagnostic {
	return slices.DeleteFunc(slices.Clone(diags), func(d ingest.StoredDiagnostic) bool { return d.Code != code })
}

// One odd value each: what it is called, which row and column it names, and what
// was stored.
func TestFieldDiagnostics(t *testing.T) {
	t.Parallel()
	pool := county(t)
	whole := ingest.Footprint{}
	for _, c := range []struct {
		name, layer string
		base        map[string]any
		odd         map[string]any
		code, field string
		says        string // in the Chinese text
		column      string // what is stored of the row, as text; "" is not looked at
		want        string // "<nil>" for null, "<none>" for no row
	}{
		{"a serial in a text", "mining_right", aRight, map[string]any{"有效期止": "44674"}, "field.date_serial", "有效期止", "2022-04-23", "valid_to", "2022-04-23"},
		{"a serial in a number", "mining_right", aRight, map[string]any{"有效期止": 44674}, "field.date_serial", "有效期止", "1904", "valid_to", "2022-04-23"},
		{"an instant of Greenwich", "disturbance", aPatch, map[string]any{"影像日期": "2022-04-22T16:00:00Z"}, "field.date_in_china", "影像日期", "北京时间", "imaged_on", "2022-04-23"},
		{"no such day, optional", "mining_right", aRight, map[string]any{"延续受理日期": "2022-02-30"}, "field.not_a_date", "延续受理日期", "2022-02-30", "renewal_accepted_on", "<nil>"},
		{"no such day, required", "mining_right", aRight, map[string]any{"有效期止": "20230229"}, "field.not_a_date_required", "有效期止", "20230229", "valid_to", "<none>"},
		{"an elevation in words", "mining_right", aRight, map[string]any{"上标高": "约一千二"}, "field.not_a_number", "上标高", "约一千二", "top_elevation_m", "<nil>"},
		{"elevations reversed", "mining_right", aRight, map[string]any{"上标高": 1000, "下标高": 1200}, "field.elevations_reversed", "", "1200", "top_elevation_m", "<none>"},
		{"an unknown method", "mining_right", aRight, map[string]any{"开采方式": "水采"}, "field.unknown_code", "开采方式", "水采", "mining_method", "<nil>"},
		{"an unknown mineral", "mining_right", aRight, map[string]any{"开采矿种": "某种矿石"}, "field.unknown_word", "开采矿种", "按原样保留", "mineral", "某种矿石"},
		{"method with mineral", "mining_right", aRight, map[string]any{"开采方式": "露天/煤"}, "field.method_with_mineral", "开采方式", "露天/煤", "mineral", "煤矿"},
		{"combined, the mineral alone", "mining_right", aRight, map[string]any{"开采方式、矿种": "煤"}, "field.method_missing", "开采方式、矿种", "露天+煤矿", "mineral", "煤矿"},
		{"combined, unclear", "mining_right", aRight, map[string]any{"开采方式、矿种": "见许可证"}, "field.method_mineral_unclear", "开采方式、矿种", "见许可证", "mineral", "见许可证"},
		{"an odd licence number of an approval", "land_approval", anApprove, map[string]any{"采矿许可证号": "C12"}, "field.odd_licence_no", "采矿许可证号", "C12", "licence_no", "C12"},
		{"an unknown kind", "disturbance", aPatch, map[string]any{"图斑类型": "火山"}, "field.unknown_code_required", "图斑类型", "火山", "kind", "<none>"},
		{"an area of no unit", "land_approval", anApprove, map[string]any{"批准面积": "7"}, "field.area_unit_unknown", "批准面积", "公顷、亩或平方米", "approved_area_m2", "<nil>"},
		{"two columns for one field", "land_approval", anApprove, map[string]any{"PZWH": "2号"}, "field.column_ambiguous", "批准文号", "PZWH", "approval_no", "1号"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := madeFile(t,
				with(box(0, 0, 500, 500), c.base, nil),
				with(box(1000, 0, 500, 500), c.base, merged(c.odd, numbered(c.base))))
			u := ingest.Upload{Layer: c.layer, County: "159900", Vintage: vintage, Path: path}
			if c.layer == "disturbance" {
				u.Footprints = []ingest.Footprint{whole}
			}
			d, diags := stage(t, pool, u)
			got := found(diags, c.code)
			if len(got) != 1 || got[0].Field != c.field || got[0].Row != 2 && c.code != "field.column_ambiguous" {
				t.Fatalf("%+v, want %s of %q in row 2", diags, c.code, c.field)
			}
			if text := got[0].Chinese(); !strings.Contains(text, c.says) || !strings.HasSuffix(text, "。") {
				t.Errorf("says %q, want %q", text, c.says)
			}
			if stored := storedText(t, pool, d.ID, c.layer, c.column, 2); stored != c.want {
				t.Errorf("stored %q, want %q", stored[2], c.want)
			}
		})
	}
}

// numbered gives a second row a number of its own.
func numbered(base map[string]any) map[string]any {
	switch {
	case base["许可证号"] != nil:
		return map[string]any{"许可证号": licenceB}
	case base["图斑编号"] != nil:
		return map[string]any{"图斑编号": "2"}
	}
	return nil
}

func merged(a, b map[string]any) map[string]any {
	all := map[string]any{}
	for _, m := range []map[string]any{b, a} {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

// storedText is source row → a column of a dataset as text, "<nil>" for null and
// "<none>" where the row is not there.
func storedText(t *testing.T, pool *pgxpool.Pool, dataset int64, layer, column string, row int) string {
	t.Helper()
	var text *string
	err := pool.QueryRow(t.Context(), fmt.Sprintf("select %s::text from %s where dataset_id = $1 and source_row = $2", column, layer), dataset, row).Scan(&text)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "<none>"
	case err != nil:
		t.Fatal(err)
	case text == nil:
		return "<nil>"
	}
	return *text
}

// One column of method and mineral fills both fields, in every way it is written.
func TestCombinedColumn(t *testing.T) {
	t.Parallel()
	pool := county(t)
	cells := []struct{ text, method, mineral string }{
		{"露天+煤矿", "open_pit", "煤矿"},
		{"露天/煤", "open_pit", "煤矿"},
		{"露天 煤矿", "open_pit", "煤矿"},
		{"井工开采煤", "underground", "煤矿"},
		{"露天＋石灰岩", "open_pit", "石灰石"},
		{"煤炭（井工）", "underground", "煤矿"},
	}
	for _, column := range []string{"开采方式、矿种", "开采方式及矿种", "KCFSKZ"} {
		var rows []madeRow
		for i, c := range cells {
			rows = append(rows, with(box(float64(i)*1000, 0, 500, 500), aRight, map[string]any{"许可证号": licence(i), column: c.text}))
		}
		d, diags := stage(t, pool, upload(madeFile(t, rows...)))
		if len(diags) > 1 || diags[0].Code != "crs.taken_as_cgcs2000" {
			t.Errorf("%s: %v", column, codes(diags))
		}
		for i, c := range cells {
			method, mineral := storedText(t, pool, d.ID, "mining_right", "mining_method", i+1), storedText(t, pool, d.ID, "mining_right", "mineral", i+1)
			if method != c.method || mineral != c.mineral {
				t.Errorf("%s: %s: %s %s, want %s %s", column, c.text, method, mineral, c.method, c.mineral)
			}
		}
	}
}

// Ground under two licence numbers is told with both rows, the area and a place
// on it; neighbours, rows of one number and what rounding leaves are not.
func TestOverlap(t *testing.T) {
	t.Parallel()
	pool := county(t)
	row := func(i int, ring []float64) madeRow {
		return with(ring, aRight, map[string]any{"许可证号": licence(i)})
	}
	d, diags := stage(t, pool, upload(madeFile(t,
		row(0, box(0, 0, 500, 500)),
		row(1, box(400, 0, 500, 500)),     // 100 m by 500 m of the first
		row(2, box(900, 0, 500, 500)),     // beside the second
		row(3, box(0, 1000, 500, 500)),    //
		row(3, box(0, 1200, 500, 500)),    // the same number
		row(4, box(0, 499.999, 500, 400)), // 500 m by 1 mm of the first
	)))
	got := found(diags, "row.overlap")
	if d.RowsLoaded != 6 || len(got) != 1 {
		t.Fatalf("loaded %d, %v", d.RowsLoaded, diags)
	}
	o := got[0]
	if o.Row != 2 || o.Args["number"] != licence(1) || o.Args["other_number"] != licence(0) || o.Args["other"] != "第 1 行" {
		t.Errorf("%+v", o)
	}
	// 50 000 m² in the plane, less the 1.76e-4 by which it is too large there.
	if m2, err := strconv.ParseFloat(o.Args["overlap_m2"], 64); err != nil || math.Abs(m2-50000*(1-1.757e-4)) > 0.5 {
		t.Errorf("overlap of %s m²", o.Args["overlap_m2"])
	}
	e, n := crs(t, 4525).Forward(o.At[0], o.At[1])
	if e -= 37415000; e < 400 || e > 500 || n < 4450000 || n > 4450500 {
		t.Errorf("at %.1f %.1f, which is not on the overlap", e, n-4450000)
	}
}

// Pairs between an added file and the rows it was added to are told, those
// within the latter were told before.
func TestOverlapOfAddedFile(t *testing.T) {
	t.Parallel()
	pool := county(t)
	row := func(i int, ring []float64) madeRow {
		return with(ring, aRight, map[string]any{"许可证号": licence(i)})
	}
	accepted(t, pool, upload(madeFile(t, row(0, box(0, 0, 500, 500)), row(1, box(400, 0, 500, 500)))), ingest.Acceptance{})
	u := upload(madeFile(t, row(2, box(850, 0, 500, 500))))
	u.Mode = ingest.ModeAdd
	_, diags := stage(t, pool, u)
	got := found(diags, "row.overlap")
	if len(got) != 1 || got[0].Row != 1 || got[0].Args["other_number"] != licence(1) || got[0].Args["other"] != "先前第 1 个文件的第 2 行" {
		t.Errorf("%+v", got)
	}
}

// A county holds its townships; two townships hold no ground together.
func TestDivisionOverlap(t *testing.T) {
	t.Parallel()
	pool := county(t)
	row := func(code string, ring []float64) madeRow {
		return madeRow{ring, map[string]any{"代码": code, "名称": "甲"}}
	}
	_, diags := stage(t, pool, ingest.Upload{Layer: "division", County: "159900", Vintage: vintage, Path: madeFile(t,
		row("159900", box(0, 0, 2000, 1000)), row("159900001", box(0, 0, 1000, 1000)), row("159900002", box(990, 0, 1010, 1000)))})
	got := found(diags, "row.overlap")
	if len(got) != 1 || got[0].Row != 3 || got[0].Args["other_number"] != "159900001" {
		t.Errorf("%+v", diags)
	}
}

// All pairs are counted, the largest are kept.
func TestOverlapsAreCounted(t *testing.T) {
	t.Parallel()
	pool := county(t)
	var rows []madeRow
	const licences = 50 // 1225 pairs, all on one ground
	for i := range licences {
		rows = append(rows, with(box(0, 0, 500, 500+float64(i)), aRight, map[string]any{"许可证号": licence(i)}))
	}
	d, diags := stage(t, pool, upload(madeFile(t, rows...)))
	counts, err := ingest.DiagnosticCounts(t.Context(), pool, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(counts, func(c ingest.DiagnosticCount) bool { return c.Code == "row.overlap" })
	if i < 0 || counts[i].Count != licences*(licences-1)/2 || len(found(diags, "row.overlap")) != 999 { // the first line is another
		t.Errorf("%+v, %d stored", counts, len(found(diags, "row.overlap")))
	}
	if first := found(diags, "row.overlap")[0]; first.Args["number"] != licence(licences-1) || first.Args["other_number"] != licence(licences-2) {
		t.Errorf("first of all %+v, want the two largest", first)
	}
}

// A row that says all of another again is told in every layer; one that says
// something else of the same ground is not.
func TestDuplicateRows(t *testing.T) {
	t.Parallel()
	pool := county(t)
	ring := box(0, 0, 500, 500)
	_, diags := stage(t, pool, ingest.Upload{Layer: "forest", Source: "land_survey", County: "159900", Vintage: vintage, Path: madeFile(t,
		with(ring, aParcel, nil), with(box(500, 0, 500, 500), aParcel, nil), with(ring, aParcel, nil),
		with(ring, aParcel, map[string]any{"备注": "另一块"}), with(ring, map[string]any{"DLBM": "0305"}, nil), with(ring, aParcel, nil))})
	got := found(diags, "row.duplicate")
	if len(got) != 2 || got[0].Row != 3 || got[1].Row != 6 || got[0].Args["first"] != "第 1 行" || got[1].Args["first"] != "第 1 行" || got[0].At == nil {
		t.Errorf("%+v", diags)
	}
}

// Declared areas are held against the shapes row by row from 1 %, and in sum
// whatever they are; the unit is that of the value, the column, the standard, or
// what the shapes say.
func TestDeclaredAreas(t *testing.T) {
	t.Parallel()
	pool := county(t)
	// A square kilometre there is 999 824.30 m² on the ellipsoid; the others are
	// 400 times 500 m of it.
	const m2, small = 999824.30, 0.2 * 999824.30
	for _, c := range []struct {
		name, layer, source, column string
		values                      [3]any
		unit                        string // how the summary says it
		declaredM2                  float64
		worst                       int
		noted                       []int // rows of area.declared_differs
		byGeometry                  string
	}{
		{"hectares in the column", "protected_area", "", "areaHa", [3]any{100, 20, 20.1}, "公顷（列名写明）", 1401000, 3, nil, ""},
		{"mu in the column", "protected_area", "", "面积（亩）", [3]any{1500, 300, 330}, "亩（列名写明）", 1420000, 3, []int{3}, ""},
		{"by the standard", "forest", "land_survey", "TBMJ", [3]any{999824.3, 199964.86, 199000}, "平方米（该列名的标准规定）", 1398789.16, 3, nil, ""},
		{"in the values", "forest", "forestry", "面积", [3]any{"100公顷", "300亩", "0.2km2"}, "见数值", 1400000, 2, nil, ""},
		{"by the shapes", "disturbance", "", "AREA", [3]any{1.0, 0.2, 0.2}, "按图形面积判断", 1400000, 2, nil, "平方公里"},
		{"of a licence", "mining_right", "", "矿区面积", [3]any{1.0, 0.2, 0.21}, "平方公里", 1410000, 3, []int{3}, ""},
		{"of a licence in hectares", "mining_right", "", "矿区面积(公顷)", [3]any{100, 20, 20}, "公顷（列名写明）", 1400000, 2, nil, ""},
		{"of an approval", "land_approval", "", "批准面积", [3]any{"1500亩", "20公顷", "20公顷"}, "见数值", 1400000, 2, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := map[string]map[string]any{"protected_area": aPark, "forest": aParcel, "disturbance": aPatch, "mining_right": aRight, "land_approval": anApprove}[c.layer]
			var rows []madeRow
			for i, ring := range [][]float64{box(0, 0, 1000, 1000), box(2000, 0, 500, 400), box(3000, 0, 400, 500)} {
				rows = append(rows, with(ring, base, map[string]any{c.column: c.values[i], "许可证号": licence(i), "图斑编号": strconv.Itoa(i)}))
			}
			u := ingest.Upload{Layer: c.layer, Source: c.source, County: "159900", Vintage: vintage, Path: madeFile(t, rows...)}
			if c.layer == "disturbance" {
				u.Footprints = []ingest.Footprint{{}}
			}
			_, diags := stage(t, pool, u)
			got := found(diags, "area.declared_summary")
			if len(got) != 1 || got[0].Row != 0 || got[0].Field != c.column || !strings.Contains(got[0].Args["unit"], c.unit) || got[0].Args["rows"] != "3" {
				t.Fatalf("%+v", diags)
			}
			s := got[0]
			if declared, err := strconv.ParseFloat(s.Args["declared_m2"], 64); err != nil || math.Abs(declared-c.declaredM2) > 0.01 {
				t.Errorf("declared %s m², want %.2f", s.Args["declared_m2"], c.declaredM2)
			}
			if measured, err := strconv.ParseFloat(s.Args["measured_m2"], 64); err != nil || math.Abs(measured-(m2+2*small)) > 5 {
				t.Errorf("measured %s m², want %.2f", s.Args["measured_m2"], m2+2*small)
			}
			want := fmt.Sprintf("%.2f", 100*(c.declaredM2/(m2+2*small)-1))
			if percent := s.Args["percent"]; !strings.HasPrefix(percent, want[:len(want)-1]) {
				t.Errorf("differs by %s %%, want %s", percent, want)
			}
			if c.worst == 3 && s.Args["worst_row"] != "3" {
				t.Errorf("row %s differs most, want 3", s.Args["worst_row"])
			}
			var noted []int
			for _, d := range found(diags, "area.declared_differs") {
				noted = append(noted, d.Row)
			}
			if !slices.Equal(noted, c.noted) {
				t.Errorf("noted rows %v, want %v", noted, c.noted)
			}
			told := found(diags, "area.unit_by_geometry")
			if (len(told) == 1) != (c.byGeometry != "") || len(told) == 1 && (told[0].Args["unit"] != c.byGeometry || told[0].Args["rows"] != "3") {
				t.Errorf("unit told from the geometry: %+v", told)
			}
		})
	}
}

// A column whose rows would be in two units is told as such.
func TestUnitsMixed(t *testing.T) {
	t.Parallel()
	pool := county(t)
	_, diags := stage(t, pool, ingest.Upload{Layer: "forest", Source: "forestry", County: "159900", Vintage: vintage, Path: madeFile(t,
		with(box(0, 0, 500, 400), aParcel, map[string]any{"面积": 20}), with(box(1000, 0, 500, 400), aParcel, map[string]any{"面积": 20}),
		with(box(2000, 0, 500, 400), aParcel, map[string]any{"面积": 300}))})
	got := found(diags, "area.units_mixed")
	if len(got) != 1 || got[0].Args["units"] != "公顷 2 行（第一处在第 1 行）、亩 1 行（第一处在第 3 行）" {
		t.Errorf("%+v", diags)
	}
}

// Slivers and spikes are told by import and by inspect alike.
func TestOutlinesAreLookedAt(t *testing.T) {
	t.Parallel()
	pool := county(t)
	e, n := 37415000.0, 4450000.0
	spiked := []float64{e, n, e + 500, n, e + 500, n + 249.8, e + 550, n + 250, e + 500, n + 250.2, e + 500, n + 500, e, n + 500, e, n}
	path := madeFile(t, with(spiked, aPark, nil), with(box(1000, 0, 300, 0.5), aPark, map[string]any{"名称": "乙"}))
	_, diags := stage(t, pool, ingest.Upload{Layer: "protected_area", County: "159900", Vintage: vintage, Path: path})
	in, err := ingest.Inspect(t.Context(), path, ingest.InspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var inspected []taohe.Diagnostic
	for _, d := range in.Layers[0].Diagnostics {
		inspected = append(inspected, d.Diagnostic)
	}
	for code, row := range map[string]int{"geometry.spike": 1, "geometry.sliver": 2} {
		got := found(diags, code)
		if len(got) != 1 || got[0].Row != row || got[0].At == nil {
			t.Errorf("%s: %+v", code, diags)
		}
		if !slices.ContainsFunc(inspected, func(d taohe.Diagnostic) bool { return d.Code == code && d.Row == row }) {
			t.Errorf("%s is not told by inspect: %+v", code, inspected)
		}
	}
}

// What the words of an upload would do is shown before it is made.
func TestInspectWithMapping(t *testing.T) {
	t.Parallel()
	path := madeFile(t, madeRow{box(0, 0, 500, 500), map[string]any{"甲列": "某保护区", "类别": "自然保护区", "类型": "森林公园", "乙列": "露天+煤"}})
	maps := func(o ingest.InspectOptions) (string, []string, []string) {
		in, err := ingest.Inspect(t.Context(), path, o)
		if err != nil {
			t.Fatal(err)
		}
		var to, said []string
		for _, f := range in.Layers[0].Fields {
			to = append(to, f.Name+"="+f.MapsTo)
		}
		for _, d := range in.Layers[0].Diagnostics {
			said = append(said, d.Code)
		}
		slices.Sort(to)
		return strings.Join(to, " "), in.Layers[0].MissingFields, said
	}
	to, missing, said := maps(ingest.InspectOptions{Layer: "protected_area"})
	if to != "乙列= 甲列= 类别=category 类型=" || !slices.Equal(missing, []string{"name"}) || !slices.Contains(said, "field.column_ambiguous") {
		t.Errorf("automatic: %s, missing %v, %v", to, missing, said)
	}
	to, missing, said = maps(ingest.InspectOptions{Layer: "protected_area", Map: map[string]string{"name": "甲列", "category": "类型"}})
	if to != "乙列= 甲列=name 类别= 类型=category" || len(missing) > 0 || slices.Contains(said, "field.column_ambiguous") {
		t.Errorf("corrected: %s, missing %v, %v", to, missing, said)
	}
	to, _, said = maps(ingest.InspectOptions{Layer: "mining_right", Map: map[string]string{"mining_method": "乙列", "mineral": "乙列", "enterprise": "丙列"}})
	if to != "乙列=mining_method,mineral 甲列= 类别= 类型=" || !slices.Contains(said, "field.column_not_found") {
		t.Errorf("combined: %s, %v", to, said)
	}
	for _, o := range []ingest.InspectOptions{{Map: map[string]string{"name": "甲列"}}, {Layer: "division", Set: map[string]string{"colour": "red"}}} {
		var request *ingest.RequestError
		if _, err := ingest.Inspect(t.Context(), path, o); !errors.As(err, &request) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
