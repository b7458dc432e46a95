package office

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/report/docx"
)

func paper(t *testing.T) []byte {
	t.Helper()
	d := docx.New("试", docx.A4)
	d.Text(docx.Title, "汇报提纲")
	d.Text(docx.Body, "正文")
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPDF(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath(Program); err != nil {
		t.Skip(ErrMissing)
	}
	pdf, err := PDF(t.Context(), paper(t))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatalf("the result begins with %q", pdf[:min(len(pdf), 8)])
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("poppler-utils is not installed, the page is not read back")
	}
	read := exec.CommandContext(t.Context(), "pdftotext", "-", "-")
	read.Stdin = bytes.NewReader(pdf)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	// How wide a space is, is for the font to say.
	for _, want := range []string{"汇报提纲", "正文", "—1—"} {
		if !strings.Contains(strings.ReplaceAll(string(text), " ", ""), want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

// Every font that papers name has its stand-ins.
func TestStandIns(t *testing.T) {
	t.Parallel()
	for _, f := range docx.Fonts {
		if n := bytes.Count(fonts, []byte(`<test name="family"><string>`+f+`</string></test>`)); n != 1 {
			t.Errorf("fonts.conf has %d lists for %s", n, f)
		}
	}
}

// What is no document makes no PDF, and is no fault of the system.
func TestNoDocument(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath(Program); err != nil {
		t.Skip(ErrMissing)
	}
	_, err := PDF(t.Context(), []byte("PK\x03\x04 no document"))
	var failed *ConversionError
	if !errors.As(err, &failed) {
		t.Errorf("got %v, want a ConversionError", err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath(Program); err != nil {
		t.Skip(ErrMissing)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := PDF(ctx, paper(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

// Not parallel: the path is of the whole process.
func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := PDF(t.Context(), paper(t)); !errors.Is(err, ErrMissing) {
		t.Errorf("got %v, want %v", err, ErrMissing)
	}
}
