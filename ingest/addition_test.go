package ingest_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

const licenceC = "C1599002015011120120003"

// accepted stages and accepts an upload.
func accepted(t *testing.T, pool *pgxpool.Pool, u ingest.Upload, a ingest.Acceptance) ingest.Dataset {
	t.Helper()
	d, diags := stage(t, pool, u)
	if d.Status != "staged" {
		t.Fatalf("%s: %v", d.Status, codes(diags))
	}
	if err := ingest.Accept(t.Context(), pool, d.ID, a); err != nil {
		t.Fatal(err)
	}
	return d
}

func licences(t *testing.T, pool *pgxpool.Pool, dataset int64) []string {
	t.Helper()
	var out []string
	err := pool.QueryRow(t.Context(), `select array_agg(licence_no || ' ' || enterprise || ' ' || file_no order by licence_no, file_no)
		from mining_right where dataset_id = $1`, dataset).Scan(&out)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A file adds to, updates or replaces a layer; each makes a new version that
// names the files it is made of, and leaves the old one as it was.
func TestModes(t *testing.T) {
	t.Parallel()
	pool := county(t)
	up := func(mode string, day int, rows ...shpwrite.Row) ingest.Upload {
		u := upload(file(t, zipOf(t, rights(prj37, rows...))))
		u.Mode, u.Vintage = mode, taohe.NewDate(2022, 4, day)
		return u
	}
	a := right(licenceA, "甲", squareAt(37415000, 4450000, 500))
	b := right(licenceB, "乙", squareAt(37425000, 4450000, 500))
	c := right(licenceC, "丙", squareAt(37435000, 4450000, 500))
	b2 := right(licenceB, "乙改名", squareAt(37425000, 4450000, 600))

	_, err := ingest.Begin(t.Context(), pool, up(ingest.ModeAdd, 1, a))
	var request *ingest.RequestError
	if !errors.As(err, &request) || request.Faults[0].Code != "nothing-to-add-to" {
		t.Fatalf("adding to nothing: %v", err)
	}
	first := accepted(t, pool, up(ingest.ModeReplace, 1, a, b), ingest.Acceptance{})

	// Added: the new licence; the one that is there already is refused.
	added, diags := stage(t, pool, up(ingest.ModeAdd, 2, c, b2))
	if i := slices.Index(codes(diags), "key.exists"); i < 0 || diags[i].Row != 2 {
		t.Errorf("diagnostics %v", codes(diags))
	}
	if got, want := licences(t, pool, added.ID), []string{licenceA + " 甲 1", licenceB + " 乙 1", licenceC + " 丙 2"}; !slices.Equal(got, want) {
		t.Errorf("added: %v, want %v", got, want)
	}
	if added.RowsLoaded != 3 || added.RowsRead != 2 || added.RowsRefused != 1 || len(added.Files) != 2 {
		t.Errorf("added: %+v", added)
	}
	if err := ingest.Accept(t.Context(), pool, added.ID, ingest.Acceptance{}); err != nil {
		t.Fatal(err)
	}

	// Updated: the row of the same number gives way.
	updated, diags := stage(t, pool, up(ingest.ModeUpdate, 3, b2))
	if !slices.Contains(codes(diags), "layer.rows_replaced") {
		t.Errorf("diagnostics %v", codes(diags))
	}
	if got, want := licences(t, pool, updated.ID), []string{licenceA + " 甲 1", licenceB + " 乙改名 3", licenceC + " 丙 2"}; !slices.Equal(got, want) {
		t.Errorf("updated: %v, want %v", got, want)
	}
	changes, err := ingest.GetChanges(t.Context(), pool, updated.ID)
	if err != nil {
		t.Fatal(err)
	}
	if changes.BaseID != added.ID || changes.Added != 0 || changes.Changed != 1 || changes.Removed != 0 || changes.Same != 2 {
		t.Errorf("changes %+v", changes)
	}
	if err := ingest.Accept(t.Context(), pool, updated.ID, ingest.Acceptance{}); err != nil {
		t.Fatal(err)
	}

	// Replaced by less: only with the number of what goes confirmed.
	less, _ := stage(t, pool, up(ingest.ModeReplace, 4, a))
	changes, err = ingest.GetChanges(t.Context(), pool, less.ID)
	if err != nil {
		t.Fatal(err)
	}
	if changes.Removed != 2 || changes.Same != 1 || len(changes.RemovedKeys) != 2 {
		t.Errorf("changes %+v", changes)
	}
	for _, confirmed := range []int{0, 1, 3} {
		if err := ingest.Accept(t.Context(), pool, less.ID, ingest.Acceptance{ConfirmRemoved: confirmed}); !errors.Is(err, ingest.ErrRemovalUnconfirmed) {
			t.Errorf("%d confirmed: %v", confirmed, err)
		}
	}
	if err := ingest.Accept(t.Context(), pool, less.ID, ingest.Acceptance{ConfirmRemoved: 2}); err != nil {
		t.Error(err)
	}
	if got, want := licences(t, pool, first.ID), []string{licenceA + " 甲 1", licenceB + " 乙 1"}; !slices.Equal(got, want) {
		t.Errorf("the first version is now %v, want %v", got, want)
	}
}

// A layer without numbers can be added to, not updated.
func TestModesWithoutKey(t *testing.T) {
	t.Parallel()
	pool := county(t)
	_, err := ingest.Begin(t.Context(), pool, ingest.Upload{Layer: "forest", County: "159900", Vintage: vintage, Source: "forestry", Mode: ingest.ModeUpdate})
	var request *ingest.RequestError
	if !errors.As(err, &request) || request.Faults[0].Code != "mode-without-key" {
		t.Errorf("error %v", err)
	}
}

func patch(number, day string, shape float64) shpwrite.Row {
	return shpwrite.Row{Geometry: squareAt(37415000+shape, 4450000, 400), Values: []any{number, day, "采坑"}}
}

func patches(rows ...shpwrite.Row) shpwrite.Layer {
	return shpwrite.Layer{Name: "图斑", PRJ: prj37, Encoding: shpwrite.GBK, Rows: rows, Fields: []shpwrite.Field{
		{Name: "图斑编号", Type: 'C', Width: 20}, {Name: "影像日期", Type: 'C', Width: 20}, {Name: "图斑类型", Type: 'C', Width: 20},
	}}
}

// Patches of a new image join those of the old: the version holds both dates,
// each with the ground that was looked at.
func TestAddingAnImage(t *testing.T) {
	t.Parallel()
	pool := county(t)
	u := upload(file(t, zipOf(t, patches(patch("1", "2021-06-30", 0), patch("2", "2021-06-30", 1000)))))
	u.Layer, u.Footprints = "disturbance", []ingest.Footprint{{}}
	accepted(t, pool, u, ingest.Acceptance{})

	u = upload(file(t, zipOf(t, patches(patch("1", "2022/5/10", 0)))))
	u.Layer, u.Mode, u.Vintage = "disturbance", ingest.ModeAdd, taohe.NewDate(2022, 5, 31)
	u.Footprints = []ingest.Footprint{{ImagedOn: taohe.NewDate(2022, 5, 10), Ground: polygon(109.9, 40, 110.1, 40, 110.1, 40.4, 109.9, 40.4, 109.9, 40)}}
	d, diags := stage(t, pool, u)
	if d.Status != "staged" || d.RowsLoaded != 3 {
		t.Fatalf("%s, %d rows: %v", d.Status, d.RowsLoaded, codes(diags))
	}
	want := []ingest.DeclaredFootprint{{ImagedOn: taohe.NewDate(2021, 6, 30), WholeCounty: true}, {ImagedOn: taohe.NewDate(2022, 5, 10)}}
	if !slices.Equal(d.Footprints, want) {
		t.Errorf("footprints %+v, want %+v", d.Footprints, want)
	}
}

// The same date again, on other ground: the version was looked at on both.
func TestAddingToAnImage(t *testing.T) {
	t.Parallel()
	pool := county(t)
	u := upload(file(t, zipOf(t, patches(patch("1", "2022-05-10", 0)))))
	u.Layer = "disturbance"
	u.Footprints = []ingest.Footprint{{Ground: polygon(109.9, 40, 110.1, 40, 110.1, 40.4, 109.9, 40.4, 109.9, 40)}}
	accepted(t, pool, u, ingest.Acceptance{})
	u = upload(file(t, zipOf(t, patches(patch("2", "2022-05-10", 1000)))))
	u.Layer, u.Mode = "disturbance", ingest.ModeAdd
	u.Footprints = []ingest.Footprint{{Ground: polygon(110.1, 40, 110.2, 40, 110.2, 40.4, 110.1, 40.4, 110.1, 40)}}
	d, _ := stage(t, pool, u)
	var areaM2 float64
	if err := pool.QueryRow(t.Context(), "select ellipsoidal_area_m2(geom) from footprint where dataset_id = $1", d.ID).Scan(&areaM2); err != nil {
		t.Fatal(err)
	}
	// Both boxes together: 0.3° by 0.4°, by the closed form.
	if want := geo.GraticuleCellAreaM2(109.9, 40, 110.2, 40.4); abs(areaM2-want) > 1e-6*want {
		t.Errorf("ground of both %.0f m², want %.0f", areaM2, want)
	}
}

// One land-survey file gives each layer its own classes; what it leaves out is
// counted.
func TestLandSurveySplit(t *testing.T) {
	t.Parallel()
	pool := county(t)
	var rows []shpwrite.Row
	for i, code := range []string{"0301", "0401", "0602", "0404", "0305", "0403A", "033"} {
		rows = append(rows, shpwrite.Row{Geometry: squareAt(37415000+float64(i)*1000, 4450000, 400), Values: []any{code}})
	}
	path := file(t, zipOf(t, shpwrite.Layer{
		Name: "DLTB", PRJ: prj37, Encoding: shpwrite.GBK, Rows: rows,
		Fields: []shpwrite.Field{{Name: "DLBM", Type: 'C', Width: 10}},
	}))
	for layer, want := range map[string][]string{"forest": {"0301", "0305", "033"}, "grassland": {"0401", "0403A", "0404"}} {
		d, diags := stage(t, pool, ingest.Upload{Layer: layer, County: "159900", Vintage: vintage, Source: "land_survey", Path: path})
		if d.RowsRead != 7 || d.RowsLoaded != 3 || d.RowsRefused != 0 {
			t.Errorf("%s: read %d, loaded %d, refused %d: %v", layer, d.RowsRead, d.RowsLoaded, d.RowsRefused, codes(diags))
		}
		if n := len(diags); n != 4 {
			t.Errorf("%s: %d diagnostics, want 4 rows of other classes: %v", layer, n, codes(diags))
		}
		var got []string
		if err := pool.QueryRow(t.Context(), "select array_agg(land_code order by land_code) from "+layer+" where dataset_id = $1", d.ID).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", layer, got, want)
		}
	}
}

// A mapping that a person chose is chosen again for a file of the same columns,
// with a remark.
func TestMappingRemembered(t *testing.T) {
	t.Parallel()
	pool := county(t)
	odd := func(enterprise string) ingest.Upload {
		l := rights(prj37, right(licenceA, enterprise, squareAt(37415000, 4450000, 500)))
		l.Fields = slices.Clone(l.Fields)
		l.Fields[1].Name = "甲方"
		return upload(file(t, zipOf(t, l)))
	}
	d, diags := stage(t, pool, odd("甲"))
	if d.Status != "refused" || !slices.Contains(codes(diags), "field.missing") {
		t.Fatalf("without a mapping: %s %v", d.Status, codes(diags))
	}
	u := odd("甲")
	u.Map = map[string]string{"enterprise": "甲方"}
	accepted(t, pool, u, ingest.Acceptance{})
	d, diags = stage(t, pool, odd("乙"))
	if d.Status != "staged" || !slices.Contains(codes(diags), "field.mapping_remembered") {
		t.Errorf("the second time: %s %v", d.Status, codes(diags))
	}
}
