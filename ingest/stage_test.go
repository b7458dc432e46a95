package ingest_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	prj37   = `PROJCS["CGCS2000_3_Degree_GK_Zone_37",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",37500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	prj36   = `PROJCS["CGCS2000_3_Degree_GK_Zone_36",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",36500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",108.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	prjXian = `PROJCS["Xian_1980_3_Degree_GK_Zone_37",GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",37500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

	licenceA = "C1599002015011120120001"
	licenceB = "C1599002015011120120002"
)

var vintage = taohe.NewDate(2022, 4, 30)

// squareAt is a square of a side in metres with its lower left corner at a point
// of zone 37, about 110°E 40.2°N.
func squareAt(e, n, side float64) *geom.MultiPolygon {
	return polygon(e, n, e+side, n, e+side, n+side, e, n+side, e, n)
}

func polygon(flat ...float64) *geom.MultiPolygon {
	return geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{{len(flat)}})
}

var rightFields = []shpwrite.Field{
	{Name: "许可证号", Type: 'C', Width: 25},
	{Name: "采矿权人", Type: 'C', Width: 60},
	{Name: "矿山名称", Type: 'C', Width: 40},
	{Name: "开采方式", Type: 'C', Width: 10},
	{Name: "有效期起", Type: 'D', Width: 8},
	{Name: "有效期止", Type: 'C', Width: 20},
}

func right(licence, enterprise string, shape *geom.MultiPolygon) shpwrite.Row {
	return shpwrite.Row{Geometry: shape, Values: []any{licence, enterprise, "一号矿", "露天", taohe.NewDate(2015, 1, 1), "2030/12/31"}}
}

func rights(prj string, rows ...shpwrite.Row) shpwrite.Layer {
	return shpwrite.Layer{Name: "采矿权", PRJ: prj, Encoding: shpwrite.GBK, Fields: rightFields, Rows: rows}
}

// county is a database with one county registered.
func county(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.New(t)
	err := ingest.PutCounty(t.Context(), pool, ingest.County{Code: "159900", Name: "示例旗", West: 109, South: 40, East: 110.75, North: 40.5})
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func zipOf(t *testing.T, layers ...shpwrite.Layer) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := shpwrite.WriteZip(&b, layers...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "upload.zip")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func upload(path string) ingest.Upload {
	return ingest.Upload{Layer: "mining_right", County: "159900", Vintage: vintage, Path: path}
}

// stage loads an upload and returns the dataset with its diagnostics.
func stage(t *testing.T, pool *pgxpool.Pool, u ingest.Upload) (ingest.Dataset, []ingest.StoredDiagnostic) {
	t.Helper()
	s, err := ingest.Begin(t.Context(), pool, u)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	d, err := ingest.GetDataset(t.Context(), pool, s.DatasetID)
	if err != nil {
		t.Fatal(err)
	}
	if d.Status == "staged" {
		checkTotals(t, pool, u.Layer, d.ID)
	}
	diags, err := ingest.Diagnostics(t.Context(), pool, d.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range diags {
		if strings.Contains(x.Chinese(), "{") || strings.Contains(x.English(), "{") {
			t.Errorf("%s has an unfilled placeholder: %s / %s", x.Code, x.Chinese(), x.English())
		}
	}
	return d, diags
}

// checkTotals holds what a dataset says of itself against its rows.
func checkTotals(t *testing.T, pool *pgxpool.Pool, layer string, id int64) {
	t.Helper()
	var fault string
	err := pool.QueryRow(t.Context(), `
		select concat_ws(', ', case when d.rows_loaded <> t.rows then 'rows' end, case when d.rows_held <> t.held then 'held' end,
		                 case when d.ellipsoidal_area_m2 is distinct from t.m2 then 'area' end,
		                 case when not (d.extent is null and t.box is null or d.extent && t.box and st_hausdorffdistance(d.extent, t.box) < 1e-8) then 'extent' end)
		from dataset d, (select count(*) as rows, count(*) filter (where held) as held, sum(ellipsoidal_area_m2 order by row_no) as m2,
		                        st_setsrid(st_envelope(st_collect(geom)), 4490) as box from `+pgx.Identifier{layer}.Sanitize()+` where dataset_id = $1) t
		where d.id = $1`, id).Scan(&fault)
	if err != nil {
		t.Fatal(err)
	}
	if fault != "" {
		t.Errorf("dataset %d of %s does not say of itself what its rows come to: %s", id, layer, fault)
	}
}

func codes(diags []ingest.StoredDiagnostic) []string {
	var out []string
	for _, d := range diags {
		out = append(out, d.Code)
	}
	return out
}

// Each bad file leaves a refused dataset with the reason, and no row.
func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	pool := county(t)
	a := right(licenceA, "甲矿业", squareAt(37415000, 4450000, 500))
	var onlyText bytes.Buffer
	z := zip.NewWriter(&onlyText)
	w, err := z.Create("说明.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("没有图形")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	whole := zipOf(t, rights(prj37, a))
	for _, c := range []struct {
		name    string
		content []byte
		want    string
		says    string // in the Chinese text
	}{
		{"not a zip", []byte("PK, but not really a zip at all, only text that begins like one"), "file.not_a_zip", "重新打包"},
		{"a zip cut short", whole[:len(whole)/2], "file.not_a_zip", "重新打包"},
		{"a zip without .shp", onlyText.Bytes(), "file.no_layer", ".shp"},
		{"nothing", nil, "file.empty", "0 字节"},
		{"no .prj", zipOf(t, rights("", a)), "crs.missing", "EPSG:4525"},
		{"no .prj and no prefix: both zones named apart", zipOf(t, rights("", right(licenceA, "甲", squareAt(415000, 4450000, 500)))), "crs.missing", "EPSG:4546"},
		{"Xian 1980", zipOf(t, rights(prjXian, a)), "crs.datum_refused", "Xian 1980"},
		{"a reference system nobody understands", zipOf(t, rights("PROJCS[nonsense", a)), "crs.not_understood", "EPSG:4525"},
		{"the zone of the neighbour", zipOf(t, rights(prj36, a)), "coordinate.other_zone", "zone=37"},
		{"coordinates of another county", zipOf(t, rights(prj37, right(licenceA, "甲矿业", squareAt(37415000, 4150000, 500)))), "crs.all_outside_county", "示例旗"},
		{"x and y swapped", zipOf(t, rights(prj37, right(licenceA, "甲矿业", polygon(4450000, 37415000, 4450500, 37415000, 4450500, 37415500, 4450000, 37415000)))), "coordinate.swapped", "swap"},
		{"no row", zipOf(t, rights(prj37)), "layer.empty", "allow_empty"},
		{"a required column missing", zipOf(t, shpwrite.Layer{
			Name: "x", PRJ: prj37, Encoding: shpwrite.GBK,
			Fields: rightFields[:2], Rows: []shpwrite.Row{{Geometry: a.Geometry, Values: a.Values[:2]}},
		}), "field.missing", "有效期"},
		{"two layers", zipOf(t, rights(prj37, a), func() shpwrite.Layer { l := rights(prj37, a); l.Name = "另一层"; return l }()), "file.several_layers", "另一层"},
		{"every row refused", zipOf(t, rights(prj37, right("12345", "甲矿业", squareAt(37415000, 4450000, 500)))), "layer.all_rows_refused", "1 行"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, diags := stage(t, pool, upload(file(t, c.content)))
			if d.Status != "refused" || d.RowsLoaded != 0 {
				t.Errorf("status %s with %d rows, want refused without", d.Status, d.RowsLoaded)
			}
			i := slices.Index(codes(diags), c.want)
			if i < 0 {
				t.Fatalf("diagnostics %v, want %s", codes(diags), c.want)
			}
			if got := diags[i].Chinese(); !strings.Contains(got, c.says) {
				t.Errorf("says %q, want something about %q", got, c.says)
			}
			var rows int
			if err := pool.QueryRow(t.Context(), "select count(*) from mining_right where dataset_id = $1", d.ID).Scan(&rows); err != nil || rows != 0 {
				t.Errorf("%d rows stored (%v)", rows, err)
			}
		})
	}
}

// Every fault of a request comes back at once, and nothing is stored.
func TestRequestFaults(t *testing.T) {
	t.Parallel()
	pool := county(t)
	for _, c := range []struct {
		name   string
		upload ingest.Upload
		want   []string
	}{
		{"unknown layer and county, no vintage", ingest.Upload{Layer: "mines", County: "999999"}, []string{"unknown-layer", "unknown-county", "missing-vintage"}},
		{"forest without a source", ingest.Upload{Layer: "forest", County: "159900", Vintage: vintage}, []string{"missing-source"}},
		{"disturbance without a footprint", ingest.Upload{Layer: "disturbance", County: "159900", Vintage: vintage}, []string{"missing-footprint"}},
		{"constants nobody knows or can read", ingest.Upload{
			Layer: "disturbance", County: "159900", Vintage: vintage, Footprints: []ingest.Footprint{{}},
			Set: map[string]string{"colour": "red", "imaged_on": "yesterday", "kind": "volcano"},
		}, []string{"unknown-field", "bad-constant", "bad-constant"}},
		{"a footprint that crosses itself", ingest.Upload{
			Layer: "disturbance", County: "159900", Vintage: vintage,
			Footprints: []ingest.Footprint{{Ground: polygon(109, 40, 110, 41, 110, 40, 109, 41, 109, 40)}},
		}, []string{"invalid-footprint"}},
		{"a reference system that is no code", ingest.Upload{Layer: "division", County: "159900", Vintage: vintage, CRS: "Beijing"}, []string{"unknown-crs"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := ingest.Begin(t.Context(), pool, c.upload)
			var request *ingest.RequestError
			if !errors.As(err, &request) {
				t.Fatalf("error %v, want a RequestError", err)
			}
			var got []string
			for _, f := range request.Faults {
				got = append(got, f.Code)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("faults %v, want %v", got, c.want)
			}
		})
	}
	t.Cleanup(func() {
		var n int
		if err := pool.QueryRow(context.Background(), "select count(*) from dataset").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d datasets begun (%v)", n, err)
		}
	})
}

// Rows that cannot be used are refused one by one, with file row and reason;
// the others are taken.
func TestRefusedRows(t *testing.T) {
	t.Parallel()
	pool := county(t)
	good := right(licenceA, "甲矿业", squareAt(37415000, 4450000, 500))
	bad := func(change func(*shpwrite.Row)) shpwrite.Row {
		r := right(licenceB, "乙矿业", squareAt(37425000, 4450000, 500))
		change(&r)
		return r
	}
	for _, c := range []struct {
		name, want string
		row        shpwrite.Row
	}{
		{"no geometry", "geometry.null", bad(func(r *shpwrite.Row) { r.Geometry = nil })},
		{"no enterprise", "field.value_missing", bad(func(r *shpwrite.Row) { r.Values[1] = nil })},
		{"a licence number of 8 digits", "field.not_a_licence_no_required", bad(func(r *shpwrite.Row) { r.Values[0] = "C1234567" })},
		{"a day the calendar does not have", "field.not_a_date_required", bad(func(r *shpwrite.Row) { r.Values[5] = "2022-02-30" })},
		{"ends before it begins", "field.dates_reversed", bad(func(r *shpwrite.Row) { r.Values[5] = "2014年12月31日" })},
		{"elsewhere", "geometry.outside_county", bad(func(r *shpwrite.Row) { r.Geometry = squareAt(37415000, 4150000, 500) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// Enough good rows that the odd one is the odd one.
			rows := []shpwrite.Row{good, c.row}
			for i := range 20 {
				l := right("C15990020150111201201"+string(rune('0'+i/10))+string(rune('0'+i%10)), "丙矿业", squareAt(37430000+float64(i)*1000, 4450000, 500))
				rows = append(rows, l)
			}
			d, diags := stage(t, pool, upload(file(t, zipOf(t, rights(prj37, rows...)))))
			if d.Status != "staged" || d.RowsRead != 22 || d.RowsLoaded != 21 || d.RowsRefused != 1 {
				t.Fatalf("%s, read %d, loaded %d, refused %d: %v", d.Status, d.RowsRead, d.RowsLoaded, d.RowsRefused, codes(diags))
			}
			i := slices.Index(codes(diags), c.want)
			if i < 0 {
				t.Fatalf("diagnostics %v, want %s", codes(diags), c.want)
			}
			if diags[i].Row != 2 {
				t.Errorf("row %d, want 2", diags[i].Row)
			}
		})
	}
}

// A bow-tie is repaired by a stated method, held because its area changes, and
// counts only when a person says so.
func TestBowTie(t *testing.T) {
	t.Parallel()
	pool := county(t)
	bowTie := polygon(37415000, 4450000, 37415400, 4450400, 37415400, 4450000, 37415000, 4450400, 37415000, 4450000)
	content := zipOf(t, rights(prj37, right(licenceA, "甲矿业", bowTie), right(licenceB, "乙矿业", squareAt(37425000, 4450000, 500))))
	for _, c := range []struct {
		decision        string
		counts, removes int
	}{{ingest.HeldAccept, 2, 0}, {ingest.HeldLeaveOut, 1, 0}} {
		d, diags := stage(t, pool, upload(file(t, content)))
		if d.RowsHeld != 1 || d.RowsLoaded != 2 {
			t.Fatalf("loaded %d, held %d, want 2 and 1", d.RowsLoaded, d.RowsHeld)
		}
		i := slices.Index(codes(diags), "geometry.repaired_held")
		if i < 0 || diags[i].Row != 1 || diags[i].At == nil {
			t.Fatalf("diagnostics %v, want geometry.repaired_held in row 1 with its place", codes(diags))
		}
		// The two triangles of the bow-tie cross at the middle of the square.
		lon, lat := crs(t, 4525).Inverse(37415200, 4450200)
		if at := *diags[i].At; abs(at[0]-lon) > 1e-6 || abs(at[1]-lat) > 1e-6 {
			t.Errorf("at %v, want %.7f %.7f", at, lon, lat)
		}
		if err := ingest.Accept(t.Context(), pool, d.ID, ingest.Acceptance{By: "审核员"}); !errors.Is(err, ingest.ErrHeldUndecided) {
			t.Errorf("accepted without a decision: %v", err)
		}
		if err := ingest.Accept(t.Context(), pool, d.ID, ingest.Acceptance{By: "审核员", Held: c.decision, ConfirmRemoved: c.removes}); err != nil {
			t.Fatal(err)
		}
		var counts int
		var areaM2 float64
		err := pool.QueryRow(t.Context(), "select count(*), min(ellipsoidal_area_m2) from mining_right where dataset_id = $1 and not held", d.ID).Scan(&counts, &areaM2)
		if err != nil || counts != c.counts {
			t.Errorf("%s: %d rows count (%v), want %d", c.decision, counts, err, c.counts)
		}
		// Two triangles of 400 m by 200 m: 80 000 m² in the plane, less the
		// 1.8e-4 by which the plane of zone 37 is too large a degree away.
		if c.decision == ingest.HeldAccept && abs(areaM2-80000*(1-1.75e-4)) > 1 {
			t.Errorf("repaired area %.2f m²", areaM2)
		}
	}
}

// A licence number on several rows is one mining right where the rows say the
// same, and refused where they do not.
func TestDuplicateLicenceNumbers(t *testing.T) {
	t.Parallel()
	pool := county(t)
	d, diags := stage(t, pool, upload(file(t, zipOf(t, rights(prj37,
		right(licenceA, "甲矿业", squareAt(37415000, 4450000, 500)),
		right(licenceA, "甲矿业", squareAt(37417000, 4450000, 500)),
		right(licenceB, "乙矿业", squareAt(37425000, 4450000, 500)),
		right(licenceB, "丙矿业", squareAt(37427000, 4450000, 500)),
	)))))
	if d.RowsLoaded != 2 || d.RowsRefused != 2 {
		t.Errorf("loaded %d, refused %d, want 2 and 2", d.RowsLoaded, d.RowsRefused)
	}
	want := map[string][]int{"licence.rows_merged": {1}, "licence.conflicting_rows": {3, 4}}
	for code, rows := range want {
		var got []int
		for _, x := range diags {
			if x.Code == code {
				got = append(got, x.Row)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, rows) {
			t.Errorf("%s on rows %v, want %v", code, got, rows)
		}
	}
}

// An upload cut off by its sender leaves no row and a dataset that says so.
func TestCancelledLoad(t *testing.T) {
	t.Parallel()
	pool := county(t)
	s, err := ingest.Begin(t.Context(), pool, upload(file(t, zipOf(t, rights(prj37, right(licenceA, "甲矿业", squareAt(37415000, 4450000, 500)))))))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Load(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want a cancelled context", err)
	}
	d, err := ingest.GetDataset(t.Context(), pool, s.DatasetID)
	if err != nil {
		t.Fatal(err)
	}
	if d.Status != "failed" || d.Error == nil || *d.Error != "cancelled" {
		t.Errorf("status %s (%v), want failed, cancelled", d.Status, d.Error)
	}
	if err := ingest.Accept(t.Context(), pool, d.ID, ingest.Acceptance{}); !errors.Is(err, ingest.ErrNotStaged) {
		t.Errorf("accepted: %v", err)
	}
}

// What a file says is kept: text in GBK, numbers to the last digit, dates in
// any spelling, columns nobody maps.
func TestValuesKept(t *testing.T) {
	t.Parallel()
	pool := county(t)
	layer := rights(prj37, right(licenceA, "甲矿业有限责任公司", squareAt(37415000, 4450000, 1000)))
	layer.Fields = append(slices.Clone(layer.Fields), shpwrite.Field{Name: "编码", Type: 'N', Width: 18}, shpwrite.Field{Name: "备注", Type: 'C', Width: 40})
	layer.Rows[0].Values = append(layer.Rows[0].Values, int64(900719925474099301), "镕堃")
	d, _ := stage(t, pool, upload(file(t, zipOf(t, layer))))
	if d.Reference == nil || d.Reference.EPSG != 4525 || d.Reference.How != "prj" || d.Encoding.Name != "GB18030" && d.Encoding.Name != "GBK" {
		t.Errorf("reference %+v, encoding %+v", d.Reference, d.Encoding)
	}
	var enterprise, code, remark string
	var from, to taohe.Date
	var areaM2 float64
	var srid, corners int
	err := pool.QueryRow(t.Context(), `
		select enterprise, extra ->> '编码', extra ->> '备注', valid_from, valid_to, ellipsoidal_area_m2, corners_srid, st_npoints(source_corners(corners, corners_srid))
		from mining_right where dataset_id = $1`, d.ID).
		Scan(&enterprise, &code, &remark, &from, &to, &areaM2, &srid, &corners)
	if err != nil {
		t.Fatal(err)
	}
	if enterprise != "甲矿业有限责任公司" || code != "900719925474099301" || remark != "镕堃" {
		t.Errorf("%s %s %s", enterprise, code, remark)
	}
	if from != taohe.NewDate(2015, 1, 1) || to != taohe.NewDate(2030, 12, 31) {
		t.Errorf("valid %s to %s", from, to)
	}
	if srid != 4525 || corners != 5 {
		t.Errorf("corners: %d points in %d, want 5 in 4525", corners, srid)
	}
	// Polygon A of the published comparison: 1 km square at 37415000 4450000.
	if abs(areaM2-999824.300) > 0.01 {
		t.Errorf("area %.3f m², want 999824.300", areaM2)
	}
}

func TestSecondAcceptIsRefused(t *testing.T) {
	t.Parallel()
	pool := county(t)
	d, _ := stage(t, pool, upload(file(t, zipOf(t, rights(prj37, right(licenceA, "甲矿业", squareAt(37415000, 4450000, 500)))))))
	if err := ingest.Accept(t.Context(), pool, d.ID, ingest.Acceptance{By: "甲"}); err != nil {
		t.Fatal(err)
	}
	if err := ingest.Accept(t.Context(), pool, d.ID, ingest.Acceptance{By: "乙"}); !errors.Is(err, ingest.ErrNotStaged) {
		t.Errorf("second accept: %v", err)
	}
	if err := ingest.Accept(t.Context(), pool, d.ID+1000, ingest.Acceptance{By: "乙"}); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("accept of nothing: %v", err)
	}
}

func crs(t *testing.T, epsg int) geo.CRS {
	t.Helper()
	c, err := geo.FromEPSG(epsg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}
