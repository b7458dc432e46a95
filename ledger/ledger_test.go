package ledger

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := WriteCSV(&out, []Row{
		{Enterprise: "甲矿业", Township: "某苏木", MethodAndMineral: "露天+煤矿", ProblemType: "临时用地批小占大", Problem: "疑似…12.30 亩，含\"引号\"与,逗号", Deadline: "2022-12-31"},
		{Enterprise: "=HYPERLINK(\"http://x\")", Problem: "@乙", Measures: "责令停止"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeff序号,矿山企业,行政区域(苏木镇),开采方式、矿种,问题类型,排查发现问题,整改措施,完成整改时限,整改责任人及联系方式\r\n" +
		"1,甲矿业,某苏木,露天+煤矿,临时用地批小占大,\"疑似…12.30 亩，含\"\"引号\"\"与,逗号\",,2022-12-31,\r\n" +
		"2,\"'=HYPERLINK(\"\"http://x\"\")\",,,,'@乙,责令停止,,\r\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The deadlines are those of the programme: the general one, dumps before the
// end of June, ownerless pits by the end of the next year.
func TestCampaign2022(t *testing.T) {
	t.Parallel()
	c, err := Campaign2022()
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]string{
		"over_occupied": "2022-12-31", "dump_unapproved": "2022-06-30", "abandoned_pit_unrestored": "2022-12-31",
	} {
		if got := c.DeadlineOf(rule, false); got != want {
			t.Errorf("%s by %s, want %s", rule, got, want)
		}
	}
	for rule, want := range map[string]string{"over_occupied": "2022-12-31", "abandoned_pit_unrestored": "2023-12-31"} {
		if got := c.DeadlineOf(rule, true); got != want {
			t.Errorf("%s without owner by %s, want %s", rule, got, want)
		}
	}
	if len(c.Groups) != 4 {
		t.Errorf("%d working groups, want 4", len(c.Groups))
	}
}

// Every fault of a campaign file comes back at once, with its line.
func TestCampaignFaults(t *testing.T) {
	t.Parallel()
	_, err := ParseCampaign([]byte(`name: x
starts: 2022-04-23
deadline: soon
colour: red
groups: {1: 甲组}
phases:
  - {name: 一, until: 2022-05-31, expects: finished}
  - {name: 二, until: 2022-05-31, shade: dark}
deadlines:
  over_occupied: 2022-02-30
  a: 2022-06-30
ranks: [副科级]
thresholds: {same_ground_m2: 1, close_tolerance_m2: 0, moved_within_m: 1, due_soon_days: 30}
problem_types:
  - {code: b, title: 乙, group: 2}
`))
	var faults *CampaignError
	if !errors.As(err, &faults) {
		t.Fatalf("%v", err)
	}
	want := []struct {
		line int
		says string
	}{
		{1, "title is missing"},
		{1, `problem type "b" wants`},
		{1, "close_tolerance_m2"},
		{3, `deadline: date "soon"`},
		{4, `unknown key "colour"`},
		{7, `expects "finished" is not one of`},
		{8, `unknown key "shade"`},
		{8, "phase 二 does not end after"},
		{10, `date "2022-02-30"`},
		{11, `deadline of "a", which is no rule`},
	}
	if len(faults.Faults) != len(want) {
		t.Errorf("%d faults, want %d: %v", len(faults.Faults), len(want), err)
	}
	for _, w := range want {
		if !slices.ContainsFunc(faults.Faults, func(f CampaignFault) bool { return f.Line == w.line && strings.Contains(f.Message, w.says) }) {
			t.Errorf("nothing on line %d about %s in %v", w.line, w.says, err)
		}
	}
}
