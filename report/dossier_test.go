package report

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/papertest"
)

// file is a dossier with two findings, one of them confirmed, whose thirds do
// not add up when each is rounded alone.
func file(t *testing.T) Dossier {
	t.Helper()
	const third = 1000.0 / 3
	areas, whole := Apportion([]float64{third, third, third}, 1000)
	part := func(no int) ExplainedPart {
		return ExplainedPart{No: no, PlanarCRS: "CGCS2000 / 3-degree Gauss-Kruger zone 37", Area: areas[no-1], Rings: [][]Corner{
			{{1, 4450000.123, 37415000.456, 110, 40, "110°00′00.0000″", "40°00′00.0000″", "CGCS2000 / 3-degree Gauss-Kruger zone 37"}, {No: 2, EdgeIn: "CGCS2000 / 3-degree Gauss-Kruger zone 36"}, {No: 3}}, {{No: 1}, {No: 2}, {No: 3}},
		}}
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	m := &Mine{
		Run:    Run{ID: 3, AsOf: taohe.NewDate(2022, time.May, 31), RuleSetSHA256: "rr", MineDigest: "mm"},
		Mine:   Identity{LicenceNo: "C1599002014021120121517", MineName: "广野煤矿", Enterprise: "=甲公司", LicenceArea: NewBothAreas(1, 1, "CGCS2000 / 3-degree Gauss-Kruger zone 37")},
		Ground: NewGroundAccount(RawAccount{Ground: 1000, Approved: third, Expired: third, Unapproved: third}),
		Findings: []Finding{
			{ID: "3-C1-unapproved", Title: "临时用地未批先占", ProblemType: "临时用地未批先占", Statement: "疑似临时用地未批先占 1.50 亩。", EllipsoidalAreaM2: whole.EllipsoidalAreaM2, Mu: whole.Mu, Basis: []string{"《土地管理法》第五十七条"}},
			{ID: "3-C1-displaced", Title: "临时用地批东占西", ProblemType: "临时用地批东占西", Statement: "疑似临时用地批东占西 1.50 亩。", EllipsoidalAreaM2: whole.EllipsoidalAreaM2, Mu: whole.Mu, Basis: []string{"《土地管理法》第七十七条"}},
		},
		Thresholds: map[string]float64{"touch_ratio": 0.05},
		Datasets:   []Dataset{{ID: 8, LayerTitle: "影像图斑", Vintage: taohe.NewDate(2022, time.May, 31), FileName: "a.zip", FileSHA256: "ff", Reference: "CGCS2000 / 3-degree Gauss-Kruger CM 111E"}},
	}
	return Dossier{
		Mine: m, RunDigest: "dd", CornerMethod: "界址点", Map: picture.Bytes(),
		Items: []DossierItem{
			{StateTitle: "线索", Deadline: taohe.NewDate(2022, time.December, 31), Parts: []ExplainedPart{part(1), part(2), part(3)}},
			{StateTitle: "整改中", Confirmed: true, Measures: "退出占用", Taken: []string{"立案 示自然资罚〔2022〕1号"}, Responsible: "王某 副局长", Parts: []ExplainedPart{part(1), part(2), part(3)}},
		},
	}
}

func TestDossierSameBytes(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer) error{
		"xlsx": func(w io.Writer) error { return WriteDossierXLSX(w, file(t)) },
		"docx": func(w io.Writer) error { return WriteDossierDOCX(w, file(t)) },
	} {
		if !bytes.Equal(papertest.Write(t, write), papertest.Write(t, write)) {
			t.Errorf("%s: the same dossier gives other bytes", name)
		}
	}
}

// Read back, the account and the parts of each finding add up as printed, and
// what is not known is marked.
func TestDossierAddsUp(t *testing.T) {
	t.Parallel()
	paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return WriteDossierDOCX(w, file(t)) }))
	account := paper.Headed("类别")
	parts := paper.Headed("地块", "面积（平方米）")
	if len(account) != 1 || len(parts) != 2 {
		t.Fatalf("%d accounts, %d tables of parts", len(account), len(parts))
	}
	for _, table := range slices.Concat(account, parts) {
		papertest.AddsUp(t, table, 1)
		papertest.AddsUp(t, table, 2)
	}
	for _, want := range []string{
		"广野煤矿疑似违法违规问题档案", "疑似临时用地未批先占 1.50 亩。", "\n临时用地批东占西 1.50 亩。", "立案 示自然资罚〔2022〕1号",
		"2000国家大地坐标系 3度带第37带（中央经线111°）", "3度带，中央经线111°，无带号", "4450000.123", "37415000.456", "110°00′00.0000″", "洞1-J1", "批小占大重叠比例 0.05", "mm", "《土地管理法》第五十七条",
	} {
		if !strings.Contains(paper.Text, want) {
			t.Errorf("the dossier does not say %q", want)
		}
	}
	if strings.Contains(paper.Text, "疑似临时用地批东占西") {
		t.Error("what was confirmed is still called suspected")
	}
	// Of the first finding measures taken, measures and person; of the second the
	// deadline.
	if paper.Blanks != 4 {
		t.Errorf("%d blanks, want 4", paper.Blanks)
	}
	if got, want := file(t).VerifyText(), "TAOHE;MINE=C1599002014021120121517;RUN=3;ASOF=2022-05-31;SHA256=mm"; got != want {
		t.Errorf("the code says %s, want %s", got, want)
	}
}

// A dossier with very many corner points prints some and says where the others
// are; its workbook has all.
func TestDossierManyCorners(t *testing.T) {
	t.Parallel()
	d := file(t)
	d.Items[1].Parts[2].Rings[0] = make([]Corner, shownCorners)
	paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return WriteDossierDOCX(w, d) }))
	if !strings.Contains(paper.Text, "另有 3003 个界址点未在此列出") {
		t.Error("what is left out is not said")
	}
	f, err := excelize.OpenReader(bytes.NewReader(papertest.Write(t, func(w io.Writer) error { return WriteDossierXLSX(w, d) })))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("界址点")
	if err != nil || len(rows) != 1+5*6+3003 {
		t.Errorf("%d rows of corner points, %v", len(rows), err)
	}
	if x, _ := f.GetCellValue("界址点", "D2"); x != "4450000.123" {
		t.Errorf("X is %s", x)
	}
	if kind, err := f.GetCellType("界址点", "D2"); err != nil || kind != excelize.CellTypeUnset {
		t.Errorf("X is of type %v, want a number: %v", kind, err)
	}
	if formula, _ := f.GetCellFormula("基本情况", "B3"); formula != "" {
		t.Errorf("the enterprise became the formula %q", formula)
	}
}

// Of a mine that was not computed nothing is known, and nothing cleared.
func TestDossierOfFailedMine(t *testing.T) {
	t.Parallel()
	d := Dossier{Mine: &Mine{Mine: Identity{MineName: "广野煤矿"}}, Failed: true}
	paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return WriteDossierDOCX(w, d) }))
	if !strings.Contains(paper.Text, "计算失败") || strings.Contains(paper.Text, "未发现问题") {
		t.Errorf("the dossier says\n%s", paper.Text)
	}
}

func TestNumeral(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "100"} {
		if got := numeral(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
