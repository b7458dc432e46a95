package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// How certain a finding is, from rectangles that lie a known number of metres
// beyond or within the line that decides it: at 40.1° N a degree of latitude is
// 111,034 m. The raw figure stays in each case.
func TestCertainty(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	f := newFiler(t, pool)
	rights, patches, approvals := f.dataset("mining_right", "default"), f.dataset("disturbance", "default"), f.dataset("land_approval", "default")
	reserves := f.dataset("protected_area", "default")
	f.image(patches, "2022-05-10")
	rectangle := func(south, north float64) string {
		return fmt.Sprintf("POLYGON((109.6 %.9f,109.604 %.9f,109.604 %.9f,109.6 %.9f,109.6 %.9f))", south, south, north, north, south)
	}
	const metre = 1.0 / 111034
	cases := []struct {
		name string
		// metres of a pit beyond the licence, the approval, into the reserve
		beyond float64
		error  string
		rule   string
		want   string
	}{
		{"three metres out of bounds, error two", 3, "2", "mining_out_of_bounds", "certain"},
		{"three metres out of bounds, error four", 3, "4", "mining_out_of_bounds", "boundary_dependent"},
		{"three metres out of bounds, no error stated", 3, "null", "mining_out_of_bounds", "unknown"},
		{"six metres beyond the approval, error five", 6, "5", "over_occupied", "certain"},
		{"four metres beyond the approval, error five", 4, "5", "over_occupied", "boundary_dependent"},
		{"six metres into the reserve, error five", 6, "5", "protected_area_occupied", "certain"},
		{"four metres into the reserve, error five", 4, "5", "protected_area_occupied", "boundary_dependent"},
		{"four metres into the reserve, no error at all", 4, "0", "protected_area_occupied", "certain"},
	}
	licence := func(i int) string { return fmt.Sprintf("C15990020120511201%05d", i) }
	for i, c := range cases {
		south := 40.05 + 0.02*float64(i)
		line := south + 0.003
		f.row("mining_right", rights, rectangle(south, line), "licence_no, enterprise, valid_from, valid_to",
			"'"+licence(i)+"', '企业"+licence(i)+"', '2012-01-01', '2032-01-01'")
		f.row("land_approval", approvals, rectangle(south, line), "kind, approval_no, licence_no, approved_on, valid_to",
			"'temporary_land', 'PZ', '"+licence(i)+"', '2021-01-01', '2023-01-01'")
		f.row("disturbance", patches, rectangle(south+0.001, line+c.beyond*metre), "patch_no, imaged_on, kind, licence_no, position_error_m",
			"'TB', '2022-05-10', 'pit', '"+licence(i)+"', "+c.error)
		f.row("protected_area", reserves, rectangle(line, line+0.002), "name, category", "'保护区', 'nature_reserve'")
	}
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := execute(t, p, taohe.NewDate(2022, 5, 31))
	for i, c := range cases {
		r, err := p.Report(t.Context(), run.ID, licence(i))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, finding := range r.Findings {
			got[finding.Rule] = finding.Certainty
			// The strip is 0.004° wide, about 341 m.
			if mu := c.beyond * 341 * 3 / 2000; finding.Mu < 0.98*mu || finding.Mu > 1.02*mu {
				t.Errorf("%s: %s of %.2f mu, want about %.2f", c.name, finding.Rule, finding.Mu, mu)
			}
		}
		if got[c.rule] != c.want {
			t.Errorf("%s: %q, want %q (all: %v)", c.name, got[c.rule], c.want, got)
		}
	}
}
