package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/report/opc"
)

// A readPaper is a Word document as a reader finds it.
type readPaper struct {
	// text is all text, a paragraph a line.
	text string
	// tables are the texts of cells by table and row; a cell that a cell above
	// reaches into is empty.
	tables [][][]string
	// blanks is how many places are marked to be filled in.
	blanks int
}

func readDOCX(t *testing.T, document []byte) readPaper {
	t.Helper()
	parts, err := opc.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	var out readPaper
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
				out.tables = append(out.tables, nil)
			case "tr":
				last := len(out.tables) - 1
				out.tables[last] = append(out.tables[last], nil)
			case "tc":
				inCell = true
				cell.Reset()
			case "p":
				if inCell && cell.Len() > 0 {
					cell.WriteString("\n")
				}
			case "highlight":
				out.blanks++
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
				rows := out.tables[len(out.tables)-1]
				rows[len(rows)-1] = append(rows[len(rows)-1], cell.String())
			}
		}
	}
	out.text = all.String()
	return out
}
