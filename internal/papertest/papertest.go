// Package papertest reads papers back for tests: what stands in a Word document or
// a workbook, and whether the parts of a printed column add up to its total.
package papertest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/taohe-gis/taohe/report/opc"
)

// A Paper is a Word document as a reader finds it.
type Paper struct {
	// Text is all text, a paragraph a line.
	Text string
	// Tables are the texts of cells by table and row; a cell that a cell above
	// reaches into is empty.
	Tables [][][]string
	// Blanks is how many places are marked to be filled in.
	Blanks int
}

// Write is the bytes that a writer gives.
func Write(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Read takes a Word document apart.
func Read(t *testing.T, document []byte) Paper {
	t.Helper()
	parts, err := opc.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	var out Paper
	var all, cell strings.Builder
	d := xml.NewDecoder(bytes.NewReader(parts["word/document.xml"]))
	inText, inCell := false, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			switch x.Name.Local {
			case "tbl":
				out.Tables = append(out.Tables, nil)
			case "tr":
				last := len(out.Tables) - 1
				out.Tables[last] = append(out.Tables[last], nil)
			case "tc":
				inCell = true
				cell.Reset()
			case "p":
				if inCell && cell.Len() > 0 {
					cell.WriteString("\n")
				}
			case "highlight":
				out.Blanks++
			case "br":
				all.WriteString("\n")
			}
			inText = x.Name.Local == "t"
		case xml.CharData:
			if inText {
				all.Write(x)
				cell.Write(x)
			}
		case xml.EndElement:
			inText = false
			switch x.Name.Local {
			case "p":
				all.WriteString("\n")
			case "tc":
				inCell = false
				rows := out.Tables[len(out.Tables)-1]
				rows[len(rows)-1] = append(rows[len(rows)-1], cell.String())
			}
		}
	}
	out.Text = all.String()
	return out
}

// Workbook is the sheets of a workbook by name, row by row as they are shown.
func Workbook(t *testing.T, book []byte) map[string][][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][][]string{}
	for _, name := range f.GetSheetList() {
		if out[name], err = f.GetRows(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Headed are the tables whose first row begins with these titles.
func (p Paper) Headed(titles ...string) [][][]string {
	var out [][][]string
	for _, t := range p.Tables {
		if len(t) > 0 && len(t[0]) >= len(titles) && slices.Equal(t[0][:len(titles)], titles) {
			out = append(out, t)
		}
	}
	return out
}

// AddsUp holds a column of a table against its last row: as printed, in
// hundredths, the rows between head and last are what the last says.
func AddsUp(t *testing.T, table [][]string, column int) {
	t.Helper()
	sum := int64(0)
	for _, row := range table[1 : len(table)-1] {
		sum += Hundredths(t, row[column])
	}
	if last := Hundredths(t, table[len(table)-1][column]); sum != last {
		t.Errorf("column %q: the rows come to %d hundredths, the total says %d", table[0][column], sum, last)
	}
}

// Hundredths is a printed figure of two decimals as a whole number.
func Hundredths(t *testing.T, printed string) int64 {
	t.Helper()
	whole, fraction, _ := strings.Cut(printed, ".")
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || len(fraction) != 2 {
		t.Fatalf("%q is no figure of two decimals", printed)
	}
	return n
}
