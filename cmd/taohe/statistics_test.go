package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/sampletest"
)

// What is counted, when versions are in force, what was done with one, and a mine
// computed anew, as people and programs are told on the command line.
func TestStatisticsCommands(t *testing.T) {
	t.Parallel()
	dsn := sampletest.Run(t)
	for _, c := range []struct {
		line   string
		status int
		says   string
	}{
		{"statistics --day 2023-06-30 --by township", 0, "有疑似问题"},
		{"statistics --rule nothing", 2, "query.rule"},
		{"statistics --run 9", 2, "没有找到"},
		{"statistics --format csv", 0, "占地类别,,1,approved,批准范围内"},
		{"timeline 159900", 0, "mining_right.zip"},
		{"timeline 159900 --layer nothing", 2, "没有这个图层"},
		{"timeline 150000", 2, "尚未登记"},
		{"timeline 159900 --layer division --json", 0, `"in_force_until": null`},
		{"history 1", 0, "首次用于套合"},
		{"history 99", 2, "没有编号为 99 的数据"},
		{"ledger campaign", 0, "一般整改时限 2022-12-31"},
		{"ledger campaign --json", 0, `"problem_types"`},
		{"report C1599002017081120121295 --fresh --as-of 2022-05-31", 0, `"id": 2`},
		{"report C1599002017081120121295 --fresh --run 1", 2, "不能同时写 --run"},
		{"report C1599002017081120121295 --as-of 2022-05-31", 2, "--fresh"},
		{"report C1599002017081120121295 --fresh --format docx", 2, "一矿一案"},
		{"report C0 --fresh", 2, "没有找到许可证号"},
		{"diff 1 2", 2, "只重算一座矿山"},
		{"ledger plan 2", 2, "只重算一座矿山"},
		{"paper annex1 --run 2", 2, "只重算一座矿山"},
	} {
		status, out, errOut := call(t, "", append([]string{"--database-url", dsn}, strings.Fields(c.line)...)...)
		if status != c.status || !strings.Contains(out+errOut, c.says) {
			t.Errorf("%s: status %d, want %d with %q\n%.2000s%s", c.line, status, c.status, c.says, out, errOut)
		}
	}
	var got api.Statistics
	_, out, _ := call(t, "", "--database-url", dsn, "statistics", "--format", "json", "--day", "2022-06-15")
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.RunID != 1 || len(got.Rules) == 0 || !strings.HasPrefix(got.Rules[0].List, "/v1/findings?") {
		t.Errorf("%v\n%.500s", err, out)
	}
}
