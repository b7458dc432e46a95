package main

import (
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/report"
)

// The comparison as people read it: a line a finding, sums of the printed
// figures, causes below.
func TestWriteDiff(t *testing.T) {
	t.Parallel()
	d := &report.RunDiff{Old: report.DiffRun{ID: 3}, New: report.DiffRun{ID: 5}}
	for _, x := range []struct {
		change              string
		before, after, g, l float64
	}{{"born", 0, 4000, 4000, 0}, {"grown", 2000, 2010, 10, 0}, {"grown", 2000, 2004, 4, 0}, {"moved", 700, 700, 70, 70}} {
		f := report.NewFindingChange(x.change, x.before, x.after, x.g, x.l)
		f.LicenceNo, f.MineName, f.Title = "C1", "某矿", "越界开采"
		f.Causes = append(f.Causes, report.Cause{Text: "原因" + x.change})
		d.Findings = append(d.Findings, f)
	}
	d.Total()
	var out strings.Builder
	if err := writeDiff(&out, d); err != nil {
		t.Fatal(err)
	}
	// 4000 m² are 6.00 mu; 10 and 4 m² are 0.015 and 0.006: printed 3.02 - 3.00
	// and 3.01 - 3.00.
	for _, want := range []string{
		"套合 5", "与套合 3", "新增        C1", "0.00      6.00     +6.00", "3.00      3.02     +0.02", "3.00      3.01     +0.01",
		"合计：扩大  2 个", "6.00      6.03     +0.03", "1.05      1.05      0.00        0.11        0.11", "  原因born",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := writeDiff(&out, &report.RunDiff{}); err != nil || !strings.Contains(out.String(), "没有变化") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
