package demo_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

var bless = flag.Bool("bless", false, "write testdata/report instead of comparing with it")

// goldenReports holds the whole report of a mine for each rule, the first that
// it finds something on, to the letter: a change of what a person reads is a
// diff that another person reviews (`make bless` writes them anew).
func goldenReports(t *testing.T, p *pipeline.Pipeline, runID int64, e demo.Expected) {
	rules, err := overlay.ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join("testdata", "report")
	want := map[string]bool{}
	for _, r := range rules.Rules {
		i := slices.IndexFunc(e.Mines, func(m demo.ExpectedMine) bool {
			for _, f := range m.Findings {
				if f.Rule == r.Code {
					return true
				}
			}
			return false
		})
		if i < 0 {
			t.Errorf("rule %s finds nothing in the sample county", r.Code)
			continue
		}
		name := e.Mines[i].LicenceNo + ".json"
		if want[name] {
			continue
		}
		want[name] = true
		document, err := p.Report(t.Context(), runID, e.Mines[i].LicenceNo)
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, filepath.Join(folder, name), golden(t, document))
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !want[f.Name()] {
			t.Errorf("%s is of no rule's first mine any more: take it away", f.Name())
		}
	}
}

// lastDigits are those of ratios, which hang on the versions of PostGIS and GEOS.
var lastDigits = regexp.MustCompile(`(\d\.\d{6})\d+`)

// golden is a report as it is kept: without what hangs on last digits, which is
// the digest too.
func golden(t *testing.T, document *report.Mine) []byte {
	kept := *document
	kept.Run.MineDigest = ""
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(kept); err != nil {
		t.Fatal(err)
	}
	return lastDigits.ReplaceAll(b.Bytes(), []byte("$1"))
}

func compareGolden(t *testing.T, name string, got []byte) {
	if *bless {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Errorf("%v (`make bless` writes it)", err)
		return
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range g {
		if i >= len(w) || !bytes.Equal(g[i], w[i]) {
			was := []byte("(end)")
			if i < len(w) {
				was = w[i]
			}
			t.Errorf("%s, line %d: got %s, want %s (`make bless` takes the new one)", name, i+1, g[i], was)
			return
		}
	}
	t.Errorf("%s: shorter than before", name)
}
