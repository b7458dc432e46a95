package report

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/papertest"
	"github.com/taohe-gis/taohe/report/opc"
)

// form is 附件1 of two groups, with text that a spreadsheet would like to reckon
// with.
func form() Annex1 {
	general := taohe.NewDate(2022, time.December, 31)
	return Annex1{
		Title: "示例旗矿山以案促改专项行动摸排情况表", Deadline: general,
		Source: RunSource{RunID: 7, AsOf: taohe.NewDate(2022, time.May, 31), Digest: "ab12"}, MinesFailed: 2,
		Groups: []Annex1Group{
			{Group: 1, Name: "第一组", Rows: []Annex1Row{
				{"甲公司", "南滩镇", "露天+煤矿", "越界开采", "疑似越界开采 1.00 亩。", "", general, ""},
				{"=1+1", "@SUM(A1)", "-1", "+1", "=HYPERLINK(\"http://x\")", "<b>&\x01", taohe.NewDate(2023, time.December, 31), "=cmd|' /C calc'!A0"},
			}},
			{Group: 4, Name: "第四组", NotEvaluated: []string{"示例旗尾矿坑未治理：缺少图层：影像图斑。"}},
		},
	}
}

func TestAnnex1SameBytes(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer) error{
		"xlsx": func(w io.Writer) error { return WriteAnnex1XLSX(w, form()) },
		"docx": func(w io.Writer) error { return WriteAnnex1DOCX(w, form()) },
	} {
		if !bytes.Equal(papertest.Write(t, write), papertest.Write(t, write)) {
			t.Errorf("%s: the same form gives other bytes", name)
		}
	}
}

// The workbook read back: the form's columns, text that stays text, days that
// are days.
func TestAnnex1XLSX(t *testing.T) {
	t.Parallel()
	book := papertest.Write(t, func(w io.Writer) error { return WriteAnnex1XLSX(w, form()) })
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); !slices.Equal(got, []string{"第1工作组", "第4工作组", "职级"}) {
		t.Fatalf("sheets %q", got)
	}
	rows, err := f.GetRows("第1工作组")
	if err != nil {
		t.Fatal(err)
	}
	if rows[0][0] != form().Title || rows[1][0] != "排查工作组：第一组" {
		t.Errorf("heads %q, %q", rows[0], rows[1])
	}
	want := []string{"序号", "矿山企业", "行政区域(苏木镇)", "开采方式、矿种", "问题类型", "排查发现问题", "整改措施", "完成整改时限", "整改责任人及联系方式"}
	for i := range rows[2] {
		rows[2][i] = oneLine(rows[2][i])
	}
	if !slices.Equal(rows[2], want) {
		t.Errorf("columns %q", rows[2])
	}
	if got := rows[3][7]; got != "2022年12月31日" {
		t.Errorf("deadline shown as %s", got)
	}
	if raw, err := f.GetCellValue("第1工作组", "H4", excelize.Options{RawCellValue: true}); err != nil || raw != "44926" {
		t.Errorf("deadline is %s, %v; 2022-12-31 is day 44926", raw, err)
	}
	for column, want := range map[string]string{"B": "=1+1", "C": "@SUM(A1)", "D": "-1", "E": "+1", "F": `=HYPERLINK("http://x")`, "G": "<b>&\uFFFD", "I": "=cmd|' /C calc'!A0"} {
		at := column + "5"
		formula, err := f.GetCellFormula("第1工作组", at)
		if err != nil || formula != "" {
			t.Errorf("%s holds the formula %q, %v", at, formula, err)
		}
		kind, err := f.GetCellType("第1工作组", at)
		if err != nil || kind != excelize.CellTypeSharedString {
			t.Errorf("%s is of type %v, %v", at, kind, err)
		}
		if got, _ := f.GetCellValue("第1工作组", at); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
		no, err := f.GetCellStyle("第1工作组", at)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(no)
		if err != nil || style.NumFmt != 49 || !style.Alignment.WrapText || style.Font.Family != "仿宋_GB2312" {
			t.Errorf("%s: style %+v, %v", at, style, err)
		}
	}
	empty, err := f.GetRows("第4工作组")
	if err != nil || empty[3][0] != nothing {
		t.Errorf("the empty group says %q, %v", empty[3], err)
	}
	if text := strings.Join(slices.Concat(empty...), ""); !strings.Contains(text, "未核查：示例旗尾矿坑未治理") {
		t.Error("what was not evaluated is not said")
	}
}

// Print set-up and checks, read back.
func TestAnnex1XLSXSetUp(t *testing.T) {
	t.Parallel()
	book := papertest.Write(t, func(w io.Writer) error { return WriteAnnex1XLSX(w, form()) })
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const sheet = "第1工作组"
	layout, err := f.GetPageLayout(sheet)
	if err != nil || *layout.Size != 8 || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
		t.Errorf("page layout %+v, %v", layout, err)
	}
	if names := f.GetDefinedName(); len(names) != 2 || !strings.Contains(names[0].RefersTo, "$1:$3") || names[0].Name != "_xlnm.Print_Titles" {
		t.Errorf("defined names %+v", names)
	}
	merged, err := f.GetMergeCells(sheet)
	if err != nil || len(merged) < 2 || merged[0].GetStartAxis() != "A1" || merged[0].GetEndAxis() != "I1" {
		t.Errorf("merged cells %v, %v", merged, err)
	}
	checks, err := f.GetDataValidations(sheet)
	if err != nil || len(checks) != 3 {
		t.Fatalf("%d checks, %v", len(checks), err)
	}
	// 2023-12-31 is day 45291.
	for i, want := range []struct{ cells, kind, until string }{
		{"H4", "date", "44926"}, {"H5", "date", "45291"}, {"I4:I5", "custom", ""},
	} {
		c := checks[i]
		if c.Sqref != want.cells || c.Type != want.kind || want.until != "" && c.Formula2 != want.until {
			t.Errorf("check %d: %s of %s until %s, want %+v", i, c.Type, c.Sqref, c.Formula2, want)
		}
	}
	if !strings.Contains(checks[2].Formula1, "职级!$A$1:$A$9") || *checks[2].ErrorStyle != "warning" {
		t.Errorf("rank is checked by %s (%s)", checks[2].Formula1, *checks[2].ErrorStyle)
	}
	if visible, err := f.GetSheetVisible(ranksSheet); err != nil || visible {
		t.Errorf("the list of ranks is shown: %v, %v", visible, err)
	}
	// A row may grow with what is written into it; the title's height is meant.
	parts, err := opc.Read(book)
	if err != nil {
		t.Fatal(err)
	}
	text := string(parts["xl/worksheets/sheet1.xml"])
	if !strings.Contains(text, `<row r="1" ht="42" customHeight="true"`) || !strings.Contains(text, `<row r="4" ht="34">`) {
		t.Error("rows are not as high as they should be")
	}
}

// The Word document has the same lines as the workbook.
func TestAnnex1DOCX(t *testing.T) {
	t.Parallel()
	paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return WriteAnnex1DOCX(w, form()) }))
	if len(paper.Tables) != 2 {
		t.Fatalf("%d tables, want one a group", len(paper.Tables))
	}
	first := paper.Tables[0]
	if len(first) != 3 || oneLine(first[0][2]) != "行政区域(苏木镇)" || len(first[0]) != 9 {
		t.Errorf("head %q of %d rows", first[0], len(first))
	}
	if want := []string{"1", "甲公司", "南滩镇", "露天+煤矿", "越界开采", "疑似越界开采 1.00 亩。", "", "2022年12月31日", ""}; !slices.Equal(first[1], want) {
		t.Errorf("first line %q", first[1])
	}
	if paper.Tables[1][1][0] != nothing {
		t.Errorf("the empty group says %q", paper.Tables[1][1])
	}
	for _, want := range []string{"排查工作组：第一组", "整改时限不得超过2022年12月31日（历史遗留", "套合 7，截止日 2022-05-31", "有 2 座矿山计算失败"} {
		if !strings.Contains(paper.Text, want) {
			t.Errorf("the paper does not say %q", want)
		}
	}
}
