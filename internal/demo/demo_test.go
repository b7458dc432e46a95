package demo_test

import (
	"testing"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// The sample county, uploaded as its users would, gives the figures it was
// constructed from: every one within 0.01 mu, every finding, none extra.
func TestSampleCounty(t *testing.T) {
	t.Parallel()
	p, err := pipeline.New(pgtest.New(t), pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := demo.ReadManifest(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), p, sampledata.FS, m, nil); err != nil {
		t.Fatal(err)
	}
	runID, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ExecuteRun(t.Context(), runID, nil); err != nil {
		t.Fatal(err)
	}
	e, err := demo.ReadExpected(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	differences, figures, worst, err := demo.Check(t.Context(), p, runID, e)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		t.Error(d)
	}
	goldenReports(t, p, runID, e)
	sampleMaps(t, p, runID)
	t.Logf("%d figures compared, the worst %.6f mu off", figures, worst)
}
