package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// An item goes its whole way by commands, and the chain holds; a run that is not
// there, somebody's own proposal and a broken chain end with their status.
func TestLedgerCommands(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	pool, err := pgxpool.New(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.PutCounty(t.Context(), ingest.County{Code: "159900", Name: "示例旗", West: 109, South: 40, East: 110.75, North: 40.5}); err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	photo, broken, csv := filepath.Join(folder, "a.jpg"), filepath.Join(folder, "campaign.yaml"), filepath.Join(folder, "ledger.csv")
	if err := os.WriteFile(photo, picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, []byte("name: x\ncolour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	add := "ledger add --county 159900 --enterprise 甲矿业 --problem-type soil_cover --problem 覆土不足 --by 甲"
	for _, c := range []struct {
		line   string
		status int
		says   string
	}{
		{"ledger plan 7", 2, "没有找到"},
		{"--campaign " + broken + " ledger list", 2, `line 2: unknown key "colour"`},
		{strings.Replace(add, "159900", "150000", 1), 2, "尚未登记"},
		{add, 0, "问题 1：排土场/排矸场覆土砌护不达标，线索，时限 2022-06-30"},
		{"ledger start 1 --by 甲", 2, "尚未明确整改责任人"},
		{"ledger confirm 1 --by 甲", 0, "已核实"},
		{"ledger assign 1 --by 甲 --responsible 张三 --rank 科员", 2, "至少为副科级"},
		{"ledger assign 1 --by 甲 --responsible 张三 --rank 副科级 --to 李四", 0, "已核实"},
		{"ledger start 1 --by 甲", 0, "整改中"},
		{"ledger take 1 --by 甲 --kind penalty --number 1号 --on 2022-06-01 --amount 100000", 0, "整改中"},
		{"ledger check 1 --by 丙 --on 2022-06-02 --officers 丙、丁 --corrected-mu 1.5 --at 109.5,40.2 --photo " + photo, 0, "整改中"},
		{"ledger propose 1 --by 甲 --as rectified", 2, "须写明据以核验的套合"},
		{"ledger propose 1 --by 甲 --as withdrawn --reason 重复", 0, "待验收"},
		{"ledger approve 1 --by 甲", 2, "不能自己审批"},
		{"ledger reject 1 --by 乙 --reason 不重复", 0, "整改中"},
		{"ledger propose 1 --by 甲 --as withdrawn --reason 确属重复", 0, "待验收"},
		{"ledger approve 1 --by 乙", 0, "已销号"},
		{"ledger confirm 1 --by 甲", 2, "状态是“已销号”"},
		{"ledger show 1", 0, "现场核定：1.50 亩"},
		{"ledger show 1", 0, "实测 1.50 亩"},
		{"ledger show 1 --json", 0, `"closed_as": "withdrawn"`},
		{"ledger list --state closed", 0, "甲矿业"},
		{"ledger list --due overdue --day 2023-01-01 --json", 0, "[]"},
		{"ledger progress --day 2022-07-01", 0, "100.00%"},
		{"ledger export -o " + csv, 0, "1 个问题"},
		{"ledger measure 1 --run 1", 2, "没有找到"},
		{"verify", 0, "校验通过：台账 11 个事件"},
	} {
		status, out, errOut := call(t, "", append([]string{"--database-url", dsn}, strings.Fields(c.line)...)...)
		if status != c.status || !strings.Contains(out+errOut, c.says) {
			t.Errorf("%s: status %d, want %d with %q\n%s%s", c.line, status, c.status, c.says, out, errOut)
		}
	}
	if text, err := os.ReadFile(csv); err != nil || !strings.Contains(string(text), "张三 副科级") {
		t.Errorf("%v\n%s", err, text)
	}
	if _, err := pool.Exec(t.Context(), `alter table ledger_event disable trigger all; update ledger_event set actor = '丁' where no = 3`); err != nil {
		t.Fatal(err)
	}
	if status, out, errOut := call(t, "", "--database-url", dsn, "verify"); status != 1 || !strings.Contains(out, "event 3: its actor") {
		t.Errorf("a broken chain: status %d\n%s%s", status, out, errOut)
	}
}
