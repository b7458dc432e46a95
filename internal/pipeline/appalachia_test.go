package pipeline_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// 157 mining permits nobody here made, as mining rights: those that overlap
// are named, each on the other's report. 25 pairs do, by the word of those who
// published the figures beside them. The permits are not part of the project;
// where they are absent the test says so.
func TestPermitsThatOverlap(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("TAOHE_REAL")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "real")
	}
	if _, err := os.Stat(filepath.Join(dir, "appalachia")); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the permits are not at %s (set TAOHE_REAL)", dir)
	}
	pool := pgtest.New(t)
	f := &filer{t: t, pool: pool, county: "159900"}
	f.exec(`insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(-90, 30, -70, 45, 4490))`)
	rights := f.dataset("mining_right", "default")
	f.exec(`update dataset set extent = st_makeenvelope(-90, 30, -70, 45, 4490)`)
	n := 0
	for _, state := range []string{"tn", "va", "wv"} {
		b, err := os.ReadFile(filepath.Join(dir, "appalachia", state+"_permits.geojson"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Features []struct{ Geometry json.RawMessage }
		}
		if err := json.Unmarshal(b, &file); err != nil {
			t.Fatal(err)
		}
		for _, feature := range file.Features {
			n++
			f.exec(`insert into mining_right (county_code, dataset_id, row_no, file_no, source_row, licence_no, enterprise, valid_from, valid_to, geom, ellipsoidal_area_m2)
				select '159900', $1, $2::integer, 1, $2::integer, $3, $3, '2000-01-01', '2040-01-01', g, ellipsoidal_area_m2(g)
				from (select polygons_of(st_makevalid(st_force2d(st_setsrid(st_geomfromgeojson($4), 4490)), 'method=structure')) as g) s`,
				rights, n, fmt.Sprintf("C%022d", n), string(feature.Geometry))
		}
	}
	if n != 157 {
		t.Fatalf("%d permits, want 157", n)
	}
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := execute(t, p, taohe.NewDate(2022, 5, 31))
	notes, err := p.Notes(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	named := map[[2]string]bool{}
	for _, note := range notes {
		if note.Code == "licence.overlaps_licence" {
			named[[2]string{note.Args["licence_no"], note.Args["other"]}] = true
		}
	}
	if len(named) != 50 {
		t.Errorf("%d namings, want two for each of 25 pairs", len(named))
	}
	for pair := range named {
		if !named[[2]string{pair[1], pair[0]}] {
			t.Errorf("%s names %s and is not named by it", pair[0], pair[1])
		}
	}
}
