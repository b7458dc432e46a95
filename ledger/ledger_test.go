package ledger

import (
	"bytes"
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
		"over_occupied": "2022-12-31", "dump_unapproved": "2022-06-30", "abandoned_pit_unrestored": "2023-12-31",
	} {
		if got := c.DeadlineOf(rule); got != want {
			t.Errorf("%s by %s, want %s", rule, got, want)
		}
	}
	if len(c.Groups) != 4 {
		t.Errorf("%d working groups, want 4", len(c.Groups))
	}
}

func TestCampaignFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"name: x\ndeadline: 2022-12-31\ncolour: red\n", "colour"},
		{"name: x\ndeadline: soon\n", "soon"},
		{"name: x\ndeadline: 2022-12-31\ndeadlines: {a: 2022-02-30}\n", "2022-02-30"},
	} {
		if _, err := ParseCampaign([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want something about %s", c.text, err, c.want)
		}
	}
}
