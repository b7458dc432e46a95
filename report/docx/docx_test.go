package docx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/taohe-gis/taohe/report/opc"
)

// whole is a document with one of everything.
func whole(t *testing.T) *Document {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	d := New("一矿一案", A4)
	d.Text(Title, "标题")
	d.Add(Body, T("共发现 "), Blank(), T(" 家 <&\x01>\n第二行"))
	d.Table(Table{
		WidthsMM: []float64{20, 30, 30, 20},
		Head:     []Row{{{Runs: []Run{T("序号")}, Style: TableHead, Rows: 2}, {Runs: []Run{T("面积")}, Style: TableHead, Columns: 2}, C(TableHead, "备注")}, {C(TableHead, "平方米"), C(TableHead, "亩")}},
		Rows:     []Row{{C(CellCentred, "1"), C(CellRight, "666.67"), C(CellRight, "1.00"), C(CellText, "甲\n乙")}},
	})
	d.Section(A3Landscape)
	d.Picture(picture.Bytes(), 100, "套合图")
	d.Table(Table{WidthsMM: []float64{50}, Rows: []Row{{C(CellText, "末")}}})
	return d
}

func written(t *testing.T, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameContentSameBytes(t *testing.T) {
	t.Parallel()
	d := whole(t)
	first := written(t, d)
	if !bytes.Equal(first, written(t, d)) {
		t.Error("written twice, a document differs")
	}
	if !bytes.Equal(first, written(t, whole(t))) {
		t.Error("the same content gives other bytes")
	}
}

// A blank that is one character cannot come apart at the end of a line.
func TestBlankIsOneCharacter(t *testing.T) {
	t.Parallel()
	if b := Blank(); !b.Blank || utf8.RuneCountInString(b.Text) != 1 {
		t.Errorf("a blank is %q", b.Text)
	}
}

// Every part is well-formed, is of a declared type, and every relation leads to
// a part that is there.
func TestPackage(t *testing.T) {
	t.Parallel()
	parts, err := opc.Read(written(t, whole(t)))
	if err != nil {
		t.Fatal(err)
	}
	for name, part := range parts {
		if strings.HasSuffix(name, ".png") {
			continue
		}
		d := xml.NewDecoder(bytes.NewReader(part))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	for _, m := range regexp.MustCompile(`PartName="/([^"]+)"`).FindAllSubmatch(parts["[Content_Types].xml"], -1) {
		if parts[string(m[1])] == nil {
			t.Errorf("a type is declared for %s, which is not there", m[1])
		}
	}
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(`Id="([^"]+)" Type="[^"]+" Target="([^"]+)"`).FindAllSubmatch(parts["word/_rels/document.xml.rels"], -1) {
		targets[string(m[1])] = true
		if parts["word/"+string(m[2])] == nil {
			t.Errorf("relation to %s, which is not there", m[2])
		}
	}
	for _, m := range regexp.MustCompile(`r:(?:id|embed)="([^"]+)"`).FindAllSubmatch(parts["word/document.xml"], -1) {
		if !targets[string(m[1])] {
			t.Errorf("the document cites %s, which is no relation", m[1])
		}
	}
}

// The fonts named are those the forms prescribe, each as an East Asian font,
// and every style used is defined.
func TestFontsAndStyles(t *testing.T) {
	t.Parallel()
	parts, err := opc.Read(written(t, whole(t)))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for name, part := range parts {
		for _, m := range regexp.MustCompile(`<w:rFonts w:ascii="([^"]+)" w:hAnsi="([^"]+)" w:eastAsia="([^"]+)"`).FindAllSubmatch(part, -1) {
			for _, f := range m[1:] {
				if !slices.Contains(Fonts, string(f)) {
					t.Errorf("%s names the font %s", name, f)
				}
			}
			named[string(m[3])] = true
		}
	}
	for _, want := range []string{"方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"} {
		if !named[want] {
			t.Errorf("%s is not named", want)
		}
	}
	styles := string(parts["word/styles.xml"])
	for _, m := range regexp.MustCompile(`<w:pStyle w:val="([^"]+)"`).FindAllSubmatch(parts["word/document.xml"], -1) {
		if !strings.Contains(styles, `w:styleId="`+string(m[1])+`"`) {
			t.Errorf("style %s is used and not defined", m[1])
		}
	}
	// 二号 is 22 points and 三号 16; the body has lines of 28 and an indent of two
	// characters.
	for style, want := range map[Style][]string{
		Title: {`w:eastAsia="方正小标宋简体"`, `<w:sz w:val="44"/>`, `<w:jc w:val="center"/>`},
		Body:  {`w:eastAsia="仿宋_GB2312"`, `<w:sz w:val="32"/>`, `w:line="560" w:lineRule="exact"`, `w:firstLineChars="200"`},
	} {
		_, def, _ := strings.Cut(styles, `w:styleId="`+string(style)+`"`)
		def, _, _ = strings.Cut(def, `</w:style>`)
		for _, w := range want {
			if !strings.Contains(def, w) {
				t.Errorf("style %s has no %s", style, w)
			}
		}
	}
}

// Each row fills all columns, cells that reach down are continued below, and the
// head is repeated.
func TestTableGrid(t *testing.T) {
	t.Parallel()
	parts, err := opc.Read(written(t, whole(t)))
	if err != nil {
		t.Fatal(err)
	}
	text := string(parts["word/document.xml"])
	table, _, _ := strings.Cut(text, `</w:tbl>`)
	var rows []int
	for _, row := range strings.Split(table, `<w:tr>`)[1:] {
		columns := strings.Count(row, `<w:tc>`)
		if strings.Contains(row, `<w:gridSpan w:val="2"/>`) {
			columns++
		}
		rows = append(rows, columns)
	}
	if !slices.Equal(rows, []int{4, 4, 4}) {
		t.Errorf("rows have %v columns", rows)
	}
	if n := strings.Count(table, `<w:tblHeader/>`); n != 2 {
		t.Errorf("%d rows are repeated, want 2", n)
	}
	if strings.Count(table, `<w:vMerge w:val="restart"/>`) != 1 || strings.Count(table, `<w:vMerge/>`) != 1 {
		t.Error("the cell of two rows is not continued")
	}
	if !strings.Contains(text, "&lt;&amp;\uFFFD&gt;") {
		t.Error("text is not escaped")
	}
	if !strings.Contains(text, `w:orient="landscape"`) || strings.Count(text, `<w:sectPr>`) != 2 {
		t.Error("the second section is not there")
	}
}

func TestFaultsComeBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		make func(*Document)
		want string
	}{
		{"too many cells", func(d *Document) {
			d.Table(Table{WidthsMM: []float64{10}, Rows: []Row{{C(CellText, "1"), C(CellText, "2")}}})
		}, "1 cells too many"},
		{"spans beyond the table", func(d *Document) {
			d.Table(Table{WidthsMM: []float64{10}, Rows: []Row{{{Columns: 2}}}})
		}, "spans 2 columns"},
		{"reaches below the table", func(d *Document) {
			d.Table(Table{WidthsMM: []float64{10}, Rows: []Row{{{Rows: 2}}}})
		}, "below the last row"},
		{"no picture", func(d *Document) { d.Picture([]byte("GIF"), 10, "图") }, "图"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := New("x", A4)
			tt.make(d)
			if err := d.Write(io.Discard); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A table that stays together binds each row to the next, and its last to nothing.
func TestTogether(t *testing.T) {
	t.Parallel()
	for _, together := range []bool{false, true} {
		d := New("表", A4)
		row := func(text string) Row { return Row{C(CellText, text), C(CellText, text)} }
		d.Table(Table{WidthsMM: []float64{30, 30}, Head: []Row{row("头")}, Rows: []Row{row("一"), row("二")}, Together: together})
		var b bytes.Buffer
		if err := d.Write(&b); err != nil {
			t.Fatal(err)
		}
		parts, err := opc.Read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		rows := strings.Split(string(parts["word/document.xml"]), "<w:tr>")[1:]
		for i, want := range []int{2, 2, 0} {
			if !together {
				want = 0
			}
			if got := strings.Count(rows[i], "<w:keepNext/>"); got != want {
				t.Errorf("together %v: row %d has %d bound cells, want %d", together, i, got, want)
			}
		}
	}
}
