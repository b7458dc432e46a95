package ingest_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.geojson")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const aSquare = `{"type":"Polygon","coordinates":[[[110,40.2],[110.01,40.2],[110.01,40.21],[110,40.21],[110,40.2]]]}`

// Remarks on a whole file, or on a row for its shape or class.
func TestRemarks(t *testing.T) {
	t.Parallel()
	pool := county(t)
	feature := func(geometry, properties string) string {
		return `{"type":"Feature","geometry":` + geometry + `,"properties":` + properties + `}`
	}
	collection := func(features ...string) string {
		return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
	}
	park := `{"名称":"甲","类别":"自然保护区"}`
	forest := ingest.Upload{Layer: "forest", Source: "land_survey"}
	patches := ingest.Upload{Layer: "disturbance", Footprints: []ingest.Footprint{{ImagedOn: taohe.NewDate(2022, 4, 22)}}}
	said := upload("")
	said.CRS = "EPSG:4525"
	for _, c := range []struct {
		name   string
		upload ingest.Upload
		path   string
		code   string
		row    int
		says   string
	}{
		{"a row of another class", forest, written(t, collection(feature(aSquare, `{"DLBM":"0301"}`), feature(aSquare, `{"DLBM":"0401"}`))), "row.other_class", 2, "0401"},
		{"a line among polygons", ingest.Upload{Layer: "protected_area"}, written(t, collection(feature(aSquare, park), feature(`{"type":"LineString","coordinates":[[110,40.2],[110.1,40.2]]}`, park))), "geometry.not_polygon", 2, "LineString"},
		{"a latitude of 95 degrees", ingest.Upload{Layer: "protected_area"}, written(t, collection(feature(aSquare, park), feature(strings.ReplaceAll(aSquare, "40.21", "95"), park))), "geometry.bad_coordinate", 2, "请检查原始坐标"},
		{"a day without a footprint", patches, written(t, collection(feature(aSquare, `{"图斑编号":"1","影像日期":"2022-04-23","图斑类型":"采场"}`))), "footprint.missing_dates", 0, "2022-04-23"},
		{"a word against the file", said, file(t, zipOf(t, shpwrite.Layer{
			Name: "x", PRJ: prjCM111, Encoding: shpwrite.GBK, Fields: rightFields,
			Rows: []shpwrite.Row{right(licenceA, "甲", squareAt(37415000, 4450000, 500))},
		})), "crs.user_over_file", 0, "CM 111E"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := c.upload
			u.County, u.Vintage, u.Path = "159900", vintage, c.path
			_, diags := stage(t, pool, u)
			got := found(diags, c.code)
			if len(got) != 1 || got[0].Row != c.row || !strings.Contains(got[0].Chinese(), c.says) {
				t.Errorf("%v, want %s in row %d saying %q", diags, c.code, c.row, c.says)
			}
		})
	}
}

// A correction can only be held against the ground of a county.
func TestFixNeedsCounty(t *testing.T) {
	t.Parallel()
	in, err := ingest.Inspect(t.Context(), written(t, aSquare), ingest.InspectOptions{Fix: "swap"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(in.Layers[0].Diagnostics, func(d ingest.InspectedRemark) bool { return d.Code == "fix.needs_county" }) || !in.Layers[0].Refused {
		t.Errorf("%+v", in.Layers[0])
	}
}

// each is diagnostics as a dataset hands them over.
func each(diags ...taohe.Diagnostic) iter.Seq2[ingest.StoredDiagnostic, error] {
	return func(yield func(ingest.StoredDiagnostic, error) bool) {
		for i, d := range diags {
			if !yield(ingest.StoredDiagnostic{No: i + 1, Diagnostic: d}, nil) {
				return
			}
		}
	}
}

// The table opens in a spreadsheet: told as UTF-8, and no cell computes.
func TestDiagnosticsCSV(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	fields := []string{`=HYPERLINK("http://x","y")`, "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "普通"}
	var diags []taohe.Diagnostic
	for i, f := range fields {
		diags = append(diags, taohe.Diagnostic{Code: "field.not_a_number", Row: i + 1, Field: f, Args: map[string]string{"title": "上标高", "value": "一,二"}})
	}
	diags = append(diags, taohe.Diagnostic{Code: "layer.empty"}, taohe.Diagnostic{Code: "geometry.null", Row: 3, At: &[2]float64{110.25, 40.5}})
	if err := ingest.WriteDiagnosticsCSV(&out, each(diags...)); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	if !marked || strings.Count(text, "\r\n") != len(diags)+1 {
		t.Errorf("no byte order mark, or lines not ended as Windows does: %q", text)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range fields {
		want := "'" + f
		if f == "普通" {
			want = f
		}
		if got := rows[i+1]; got[4] != want || got[2] != "提示" || got[3] != string(rune('1'+i)) || !strings.Contains(got[7], "一,二") {
			t.Errorf("row %q, want field %q", got, want)
		}
	}
	if last := rows[len(rows)-1]; last[5] != "110.250000000" || last[6] != "40.500000000" || rows[len(rows)-2][3] != "" {
		t.Errorf("%q", rows)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+@", rune(cell[0])) {
				t.Errorf("cell %q computes", cell)
			}
		}
	}
}

func TestDiagnosticsGeoJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := ingest.WriteDiagnosticsGeoJSON(&out, each(taohe.Diagnostic{Code: "layer.empty"}, taohe.Diagnostic{Code: "geometry.null", Row: 3, At: &[2]float64{110.25, 40.5}}))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Features []struct {
			Geometry   *struct{ Coordinates []float64 }
			Properties struct {
				Code, Severity, Chinese string
				Row                     *int
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	f := got.Features
	if len(f) != 2 || f[0].Geometry != nil || f[0].Properties.Row != nil || !slices.Equal(f[1].Geometry.Coordinates, []float64{110.25, 40.5}) || *f[1].Properties.Row != 3 {
		t.Errorf("%s", out.String())
	}
}

// Of more pairs than are looked at, the statement tells, for "layer.overlaps_unread".
func TestOverlapsUnread(t *testing.T) {
	t.Parallel()
	pool := county(t)
	var rows []madeRow
	for i := range 4 {
		rows = append(rows, with(box(0, 0, 500, 500+float64(i)), aRight, map[string]any{"许可证号": licence(i)}))
	}
	d, _ := stage(t, pool, upload(madeFile(t, rows...)))
	for _, c := range []struct {
		most, want int
		all        bool
	}{{6, 6, true}, {5, 5, false}} {
		var pairs int
		var all bool
		err := pool.QueryRow(t.Context(), ingest.OverlapSQL(taohe.LayerMiningRight), pgx.StrictNamedArgs{
			"dataset_id": d.ID, "file_no": 1, "min_area_m2": 1.0, "max_pairs": c.most, "max_rows": 1,
		}).Scan(nil, nil, nil, nil, nil, nil, nil, nil, &pairs, &all)
		if err != nil || pairs != c.want || all != c.all {
			t.Errorf("at most %d: %d pairs, all %v (%v)", c.most, pairs, all, err)
		}
	}
}
