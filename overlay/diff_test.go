package overlay

import (
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
)

func TestChange(t *testing.T) {
	t.Parallel()
	m2 := func(v float64) *float64 { return &v }
	for _, tt := range []struct {
		name          string
		before, after *float64
		gained, lost  float64
		want          Change
	}{
		{"came", nil, m2(5), 5, 0, Born},
		{"went", m2(5), nil, 0, 5, Gone},
		{"rounding", m2(1e6), m2(1e6 + 0.005), 0.009, 0.004, ""},
		{"rounding of a large one", m2(3e7), m2(3e7), 0.02, 0.02, ""},
		{"grew", m2(1000), m2(1000.02), 0.02, 0, Grown},
		{"shrank", m2(1000), m2(900), 0, 100, Shrunk},
		{"grew more than it shrank", m2(1000), m2(1050), 100, 50, Grown},
		{"shrank more than it grew", m2(1000), m2(950), 50, 100, Shrunk},
		{"the same area elsewhere", m2(1000), m2(1000), 1000, 1000, Moved},
		{"nearly the same area, partly elsewhere", m2(1000), m2(1000.9), 40.9, 40, Moved},
		{"a tenth of a per cent of a large one", m2(1e6), m2(1e6 + 900), 5900, 5000, Moved},
		{"more than that", m2(1e6), m2(1e6 + 1100), 6100, 5000, Grown},
	} {
		got := FindingChange{OldM2: tt.before, NewM2: tt.after, GainedM2: tt.gained, LostM2: tt.lost}.change()
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A threshold, the text of a rule, a rule less: each is told with what it was
// and what it is.
func TestRuleChanges(t *testing.T) {
	t.Parallel()
	before, err := ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	if same := ruleChanges(before, before); len(same) > 0 {
		t.Errorf("a rule set differs from itself: %v", same)
	}
	after := before
	after.Thresholds.TouchRatio = 0.1
	after.Rules = slices.Clone(before.Rules)
	after.Rules[1].Severity = "minor"
	dropped := after.Rules[0].Code
	after.Rules = after.Rules[1:]
	want := []RuleChange{
		{"", "touch_ratio", "0.05", "0.1"},
		{dropped, "code", dropped, ""},
		{before.Rules[1].Code, "severity", before.Rules[1].Severity, "minor"},
	}
	if got := ruleChanges(before, after); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := ruleChanges(after, before); len(got) != 3 || got[2] != (RuleChange{dropped, "code", "", dropped}) {
		t.Errorf("the other way round: %v", got)
	}
}

// A row that goes and one of the same name that comes are one row that differs;
// forest has no names, so there it is the shape that tells.
func TestRowCauses(t *testing.T) {
	t.Parallel()
	known := map[rowKey]*DescribedRow{}
	row := func(dataset int64, no int, layer taohe.Layer, label, shape, validTo string, gone bool, over float64) differingRow {
		d := &DescribedRow{Layer: layer, DatasetID: dataset, RowNo: no, Label: label, GeomSHA256: []byte(shape), Attributes: map[string]any{"valid_to": nil}}
		if validTo != "" {
			d.Attributes["valid_to"] = validTo
		}
		known[rowKey{dataset, no}] = d
		r := differingRow{Layer: layer, DatasetID: dataset, RowNo: no, Gone: gone}
		if over > 0 {
			r.OverM2 = &over
		}
		return r
	}
	got := rowCauses([]differingRow{
		row(1, 1, "land_approval", "甲〔1〕", "a", "2022-12-31", true, 10),
		row(2, 7, "land_approval", "甲〔1〕", "a", "", false, 12),
		row(1, 2, "land_approval", "甲〔2〕", "b", "", true, 3),
		row(2, 8, "land_approval", "甲〔3〕", "b", "", false, 0),
		row(3, 1, "forest", "0301", "p", "", true, 4),
		row(4, 1, "forest", "0301", "q", "", false, 4),
		row(4, 2, "forest", "0305", "p", "", false, 4),
	}, known)
	var lines []string
	for _, c := range got {
		line := ""
		if c.Old != nil {
			line += c.Old.Label + string(c.Old.GeomSHA256)
		}
		line += ">"
		if c.New != nil {
			line += c.New.Label + string(c.New.GeomSHA256)
		}
		for _, f := range c.Fields {
			line += " " + f.Name + ":" + f.Old + ">" + f.New
		}
		lines = append(lines, line)
	}
	want := []string{"甲〔1〕a>甲〔1〕a valid_to:2022-12-31>", "甲〔2〕b>", "0301p>0305p", ">甲〔3〕b", ">0301q"}
	if !slices.Equal(lines, want) {
		t.Errorf("%s, want %s", strings.Join(lines, "; "), strings.Join(want, "; "))
	}
	if *got[0].OverM2 != 12 || got[3].OverM2 != nil {
		t.Errorf("over %v and %v, want 12 and none", got[0].OverM2, got[3].OverM2)
	}
}
