package demo

import (
	"context"
	"io/fs"
	"os"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// Later is what comes after in a made county: images of later dates, and what
// they must make of the ledger.
type Later struct {
	ToleranceMu float64 `json:"tolerance_mu"`
	Stages      []Stage `json:"stages"`
}

// A Stage is a later day, with the file that came in until then. Its images look
// at the ground of its items and of no other.
type Stage struct {
	AsOf    taohe.Date     `json:"as_of"`
	Dataset UploadFile     `json:"dataset"`
	Items   []ExpectedItem `json:"items"`
}

// An ExpectedItem is what a stage makes of one item; of no mine, the item is
// known by its patch.
type ExpectedItem struct {
	LicenceNo     string  `json:"licence_no"`
	PatchNo       string  `json:"patch_no"`
	Rule          string  `json:"rule"`
	Outcome       string  `json:"outcome"`
	Verdict       string  `json:"verdict"`
	GroundM2      float64 `json:"ground_m2"`
	RectifiedM2   float64 `json:"rectified_m2"`
	RemainingM2   float64 `json:"remaining_m2"`
	NotObservedM2 float64 `json:"not_observed_m2"`
	GrownM2       float64 `json:"grown_m2"`
	MovedM2       float64 `json:"moved_m2"`
	Derivation    string  `json:"derivation"`
}

// ReadLater reads later.json of a county's files.
func ReadLater(files fs.FS) (Later, error) {
	var l Later
	err := readStrict(files, "later.json", &l)
	return l, err
}

// LoadStage uploads the file of a stage and accepts it.
func LoadStage(ctx context.Context, p *pipeline.Pipeline, files fs.FS, m Manifest, s Stage) error {
	dir, err := os.MkdirTemp("", "taohe-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	_, err = load(ctx, p, files, m.County.Code, s.Dataset, dir)
	return err
}
