package pipeline_test

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/internal/papertest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

// Every mine of the sample county has a dossier whose printed parts add up, as a
// document and as a workbook: the account, the connected pieces, the polygons of
// each finding.
func TestDossiersAddUp(t *testing.T) {
	t.Parallel()
	p, _, _ := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	mines, err := p.Mines(t.Context(), run.ID, "", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	var largest report.Dossier
	for _, l := range mines {
		d, err := p.Dossier(t.Context(), 0, l.LicenceNo)
		if err != nil {
			t.Fatal(err)
		}
		paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return report.WriteDossierDOCX(w, *d) }))
		account := paper.Headed("类别")[0]
		parts := paper.Headed("地块", "面积（平方米）")
		for _, table := range append(parts, account) {
			papertest.AddsUp(t, table, 1)
			papertest.AddsUp(t, table, 2)
			tables++
		}
		for _, components := range paper.Headed("连片", "认定", "影像日期", "面积（亩）") {
			papertest.AddsUp(t, append(slices.Clone(components), []string{"", "", "", account[len(account)-1][2]}), 3)
		}
		book := papertest.Workbook(t, papertest.Write(t, func(w io.Writer) error { return report.WriteDossierXLSX(w, *d) }))
		holdDossierBook(t, book, account, parts)
		if len(d.Findings) > len(largest.Items) {
			largest = *d
		}
	}
	if tables <= len(mines) {
		t.Errorf("%d tables of %d mines, which cannot be all", tables, len(mines))
	}
	holdDossierPDF(t, largest)
}

// holdDossierBook holds the sheets of a dossier's workbook against each other, and
// against the tables of the document.
func holdDossierBook(t *testing.T, book map[string][][]string, account [][]string, parts [][][]string) {
	t.Helper()
	got := book["占地账"]
	if !slices.EqualFunc(got, account, slices.Equal) {
		t.Fatalf("the workbook's account is %q, the document's %q", got, account)
	}
	papertest.AddsUp(t, got, 1)
	papertest.AddsUp(t, got, 2)
	if pieces := book["占地连片"]; len(pieces) > 1 {
		papertest.AddsUp(t, append(pieces, []string{"", "", "", account[len(account)-1][2]}), 3)
	}
	// The polygons stand in one sheet, finding after finding, in the findings' order.
	all, findings := book["地块"][1:], book["问题"][1:]
	if len(findings) != len(parts) {
		t.Fatalf("%d findings in the workbook, %d tables of parts in the document", len(findings), len(parts))
	}
	for i, f := range findings {
		of := len(parts[i]) - 2 // less head and sum
		if len(all) < of {
			t.Fatalf("polygons are missing of %q", f)
		}
		papertest.AddsUp(t, append(append([][]string{book["地块"][0]}, all[:of]...), []string{"", "", f[3], f[4]}), 2)
		papertest.AddsUp(t, append(append([][]string{book["地块"][0]}, all[:of]...), []string{"", "", f[3], f[4]}), 3)
		all = all[of:]
	}
	if len(all) > 0 {
		t.Errorf("%d polygons of no finding", len(all))
	}
}

var pdfAccount = regexp.MustCompile(`(?m)^ *(批准范围内|批准已到期|批小占大|批东占西|未批先占|违法违规建设|容差以内（细碎图形）|影像所见占地合计) +([0-9.]+) +([0-9.]+) *$`)

// holdDossierPDF reads the account off the pages that LibreOffice makes of a
// dossier.
func holdDossierPDF(t *testing.T, d report.Dossier) {
	t.Helper()
	for _, program := range []string{office.Program, "pdftotext"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Logf("no page is read back: %v", err)
			return
		}
	}
	pdf, err := office.PDF(t.Context(), papertest.Write(t, func(w io.Writer) error { return report.WriteDossierDOCX(w, d) }))
	if err != nil {
		t.Fatal(err)
	}
	read := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	read.Stdin = bytes.NewReader(pdf)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := pdfAccount.FindAllStringSubmatch(string(text), -1)
	if len(lines) != 8 {
		t.Fatalf("%d lines of the account on the pages:\n%s", len(lines), text)
	}
	papertest.AddsUp(t, append([][]string{{"", "", "面积（平方米）", "面积（亩）"}}, lines...), 2)
	papertest.AddsUp(t, append([][]string{{"", "", "面积（平方米）", "面积（亩）"}}, lines...), 3)
}

// holdBriefing holds what a briefing says against each other as printed: the lines
// of so many groups against their totals, these against the sentence on top, and
// the findings one by one against both.
func holdBriefing(t *testing.T, paper papertest.Paper, groups int) {
	t.Helper()
	tables := paper.Headed("旗区", "变化")
	if len(tables) != groups {
		t.Fatalf("%d tables of groups, want %d", len(tables), groups)
	}
	// By change, hundredths of a mu: old and new.
	type sums [2]int64
	lines, single := map[string]sums{}, map[string]sums{}
	for _, table := range tables {
		for column := 3; column < 6; column++ {
			papertest.AddsUp(t, table, column)
		}
		for _, r := range table[1 : len(table)-1] {
			s := lines[r[1]]
			lines[r[1]] = sums{s[0] + papertest.Hundredths(t, r[3]), s[1] + papertest.Hundredths(t, r[4])}
			if d := papertest.Hundredths(t, r[4]) - papertest.Hundredths(t, r[3]); d != papertest.Hundredths(t, r[5]) {
				t.Errorf("%q: the difference is %d hundredths", r, d)
			}
		}
	}
	for _, r := range paper.Headed("旗区", "矿山")[0][1:] {
		s := single[r[3]]
		single[r[3]] = sums{s[0] + papertest.Hundredths(t, r[4]), s[1] + papertest.Hundredths(t, r[5])}
	}
	if fmt.Sprint(lines) != fmt.Sprint(single) {
		t.Errorf("groups come to %v, findings to %v", lines, single)
	}
	mu := func(hundredths int64) string { return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100) }
	for change, s := range lines {
		want := "由" + mu(s[0]) + "亩变为" + mu(s[1]) + "亩"
		switch change {
		case "新增":
			want = mu(s[1]) + "亩"
		case "消失":
			want = mu(s[0]) + "亩"
		}
		if !regexp.MustCompile(change + `\d+个、` + regexp.QuoteMeta(want)).MatchString(paper.Text) {
			t.Errorf("on top does not stand %s, %s", change, want)
		}
	}
}

var (
	vegetationSentence = regexp.MustCompile(`侵占林草资源矿山\d+家、面积([\d.]+)亩，其中：草原\d+家、面积([\d.]+)亩，林地\d+家、面积([\d.]+)亩，林地、草原图层同时认定的([\d.]+)亩`)
	pitsSentence       = regexp.MustCompile(`尾矿坑(\d+)处、面积([\d.]+)亩，破坏.*其中：有主尾矿坑(\d+)处、面积([\d.]+)亩.*；无主尾矿坑(\d+)处、面积([\d.]+)亩.*；权属未登记尾矿坑(\d+)处、面积([\d.]+)亩`)
)

// The sentences of 附件2 add up as printed, not its table alone; and 附件1 has the
// same lines as a workbook and as a document, numbered through.
func TestAnnexesAddUp(t *testing.T) {
	t.Parallel()
	p, _, _ := sampleRun(t, pipeline.Options{})
	outline, err := p.Annex2(t.Context(), pipeline.PaperScope{})
	if err != nil {
		t.Fatal(err)
	}
	paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex2DOCX(w, outline) }))
	v := vegetationSentence.FindStringSubmatch(paper.Text)
	if v == nil {
		t.Fatalf("no sentence of vegetation in\n%s", paper.Text)
	}
	h := func(s string) int64 { return papertest.Hundredths(t, s) }
	if h(v[2])+h(v[3])-h(v[4]) != h(v[1]) || h(v[4]) == 0 {
		t.Errorf("vegetation: %q", v[0])
	}
	o := pitsSentence.FindStringSubmatch(paper.Text)
	if o == nil {
		t.Fatalf("no sentence of pits in\n%s", paper.Text)
	}
	if h(o[4])+h(o[6])+h(o[8]) != h(o[2]) || h(o[1]+".00") != h(o[3]+".00")+h(o[5]+".00")+h(o[7]+".00") || h(o[2]) == 0 {
		t.Errorf("pits: %q", o[0])
	}
	table := paper.Headed("项目", "旗区", "家（处、个）", "面积（亩）")[0]
	for title, mu := range map[string]string{"违法违规侵占林草资源": v[1], "其中：草原": v[2], "其中：林地": v[3], "有主尾矿坑（处）": o[4]} {
		if !slices.ContainsFunc(table, func(r []string) bool { return r[0] == title && r[3] == mu }) {
			t.Errorf("%s: %s mu in the text, not in the table %q", title, mu, table)
		}
	}

	form, err := p.Annex1(t.Context(), pipeline.PaperScope{})
	if err != nil {
		t.Fatal(err)
	}
	document := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex1DOCX(w, form) }))
	book := papertest.Workbook(t, papertest.Write(t, func(w io.Writer) error { return report.WriteAnnex1XLSX(w, form) }))
	if len(document.Tables) != len(form.Groups) {
		t.Fatalf("%d tables of %d groups", len(document.Tables), len(form.Groups))
	}
	lines := 0
	for i, g := range form.Groups {
		sheet := book[fmt.Sprintf("第%d工作组", g.Group)][3:]
		for j, want := range document.Tables[i][1:] {
			got := append(sheet[j], make([]string, len(want)-len(sheet[j]))...) // a row ends with its last text
			if len(g.Rows) > 0 && want[0] != fmt.Sprint(j+1) || !slices.Equal(got, want) {
				t.Errorf("group %d, line %d: workbook %q, document %q", g.Group, j+1, got, want)
			}
			lines++
		}
	}
	if lines < 40 {
		t.Errorf("%d lines, which cannot be all", lines)
	}
}
