package demo

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// The registered ground of the trial on public layers: a county of its own,
// because its data is nobody's county.
var amazon = ingest.County{Code: "990001", Name: "亚马孙", West: -80, South: -19, East: -43, North: 9}

// An AmazonPark compares the mined ground inside one park with the figure
// computed elsewhere.
type AmazonPark struct {
	Name    string
	Patches int
	// GotM2 and WantM2 are square metres on the ellipsoid.
	GotM2, WantM2 float64
}

// RelativeError is the difference over the wanted figure.
func (a AmazonPark) RelativeError() float64 { return abs(a.GotM2-a.WantM2) / a.WantM2 }

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}

// AmazonResult is what TryAmazon found.
type AmazonResult struct {
	Datasets     []ingest.Dataset
	Unattributed int
	Parks        []AmazonPark
	// Extra are parks with mined ground that the answer key does not have.
	Extra []AmazonPark
}

// TryAmazon loads mining patches of the Amazon as disturbance and Brazilian
// parks as protected areas, from the zips as they are published, runs the
// overlay, and holds the mined ground inside each park against figures computed
// apart from PostGIS. A missing file is an fs.ErrNotExist.
func TryAmazon(ctx context.Context, p *pipeline.Pipeline, dir string) (*AmazonResult, error) {
	want, err := readParks(filepath.Join(dir, "amazon", "expected_inside_parks.csv"))
	if err != nil {
		return nil, err
	}
	if err := p.PutCounty(ctx, amazon); err != nil {
		return nil, err
	}
	day := taohe.NewDate(2020, 12, 31)
	result := &AmazonResult{}
	for _, u := range []ingest.Upload{
		{
			Layer: "disturbance", County: amazon.Code, Vintage: day, Path: filepath.Join(dir, "amazon", "mining_amazon_all_2020_shapefile.zip"),
			Map: map[string]string{"patch_no": "FID"}, Set: map[string]string{"kind": "pit", "imaged_on": day.String()},
			Footprints: []ingest.Footprint{{}},
		},
		{
			Layer: "protected_area", County: amazon.Code, Vintage: day, Path: filepath.Join(dir, "icmbio", "UCs_AmzLegal.zip"),
			Map: map[string]string{"name": "nome"}, Set: map[string]string{"category": "other"},
		},
	} {
		d, err := p.Import(ctx, u, nil)
		if err != nil {
			return nil, err
		}
		if d.Status != "staged" {
			_, counts, _ := p.Diagnostics(ctx, d.ID, 0, 1)
			return nil, fmt.Errorf("%s: %s: %v", u.Path, d.Status, counts)
		}
		// Rows that repair changed much are taken as repaired: the answer key
		// repaired them too.
		if err := p.Accept(ctx, d.ID, ingest.Acceptance{By: "trial", Held: ingest.HeldAccept}); err != nil {
			return nil, err
		}
		if d, err = p.Dataset(ctx, d.ID); err != nil {
			return nil, err
		}
		result.Datasets = append(result.Datasets, d)
	}
	run, err := p.BeginRun(ctx, day, []string{amazon.Code})
	if err != nil {
		return nil, err
	}
	if err := p.ExecuteRun(ctx, run, nil); err != nil {
		return nil, err
	}
	return result, result.compare(ctx, p, run, want)
}

func (r *AmazonResult) compare(ctx context.Context, p *pipeline.Pipeline, run int64, want map[string]float64) error {
	patches, err := p.UnattributedPatches(ctx, run)
	if err != nil {
		return err
	}
	r.Unattributed = len(patches)
	overlaps, err := p.UnattributedOverlaps(ctx, run)
	if err != nil {
		return err
	}
	for _, o := range overlaps {
		park := AmazonPark{Name: o.Name, Patches: o.Patches, GotM2: o.EllipsoidalAreaM2, WantM2: want[o.Name]}
		if _, known := want[o.Name]; !known {
			r.Extra = append(r.Extra, park)
			continue
		}
		delete(want, o.Name)
		r.Parks = append(r.Parks, park)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		r.Parks = append(r.Parks, AmazonPark{Name: name, WantM2: want[name]})
	}
	return nil
}

func readParks(path string) (map[string]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	parks := make(map[string]float64)
	for _, row := range rows[1:] { // codigoCnuc, nome, patches, inside_m2_sum, inside_m2_union, park_valid
		if parks[row[1]], err = strconv.ParseFloat(row[4], 64); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return parks, nil
}
