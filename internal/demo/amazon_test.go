package demo_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// Public layers nobody here made, against figures computed by GEOS and
// GeographicLib: within 1e-6 of each park's. The layers are not part of the
// project; where they are absent the test says so.
func TestAmazonParks(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("TAOHE_REAL")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "real")
	}
	if _, err := os.Stat(filepath.Join(dir, "amazon")); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the public layers are not at %s (set TAOHE_REAL)", dir)
	}
	p, err := pipeline.New(pgtest.New(t), pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := demo.TryAmazon(t.Context(), p, dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Unattributed != 7027 {
		t.Errorf("%d patches unattributed, want 7027", r.Unattributed)
	}
	if len(r.Parks) != 9 {
		t.Errorf("%d parks, want 9", len(r.Parks))
	}
	var got, want float64
	for _, park := range r.Parks {
		got, want = got+park.GotM2, want+park.WantM2
		if !(park.RelativeError() <= 1e-6) {
			t.Errorf("%s: %.2f m², want %.2f (%.2g off)", park.Name, park.GotM2, park.WantM2, park.RelativeError())
		}
	}
	if total := (demo.AmazonPark{GotM2: got, WantM2: want}); !(total.RelativeError() <= 1e-6) {
		t.Errorf("all parks: %.2f m², want %.2f", got, want)
	}
	for _, park := range r.Extra {
		t.Errorf("%s: %.2f m², but the answer key has none", park.Name, park.GotM2)
	}
}
