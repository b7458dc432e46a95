package drawing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/pagetest"
)

// testFont is the machine's; make setup installs one.
func testFont(t testing.TB) *Font {
	t.Helper()
	f, err := FindFont(os.Getenv("TAOHE_FONT"), Places)
	if errors.Is(err, ErrNoFont) {
		t.Skip("no Chinese font: make setup installs fonts-noto-cjk")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// sample has everything that can be drawn.
func sample(t testing.TB) *Drawing {
	d := New(100, 80, testFont(t))
	d.Title = "样图"
	m := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		for y := range 20 {
			m.SetNRGBA(x, y, color.NRGBA{uint8(6 * x), 90, uint8(10 * y), 255})
		}
	}
	d.Picture(m, Rect{55, 5, 95, 25}, Rect{60, 5, 90, 25})
	ring := Polygon{Rect{5, 5, 45, 35}.Ring(), Rect{15, 12, 30, 28}.Ring()}
	d.Fill([]Polygon{ring}, RGB(0x3366CC).Opacity(120))
	d.Stroke(Hatch([]Polygon{ring}, 45, 2), Pen{Color: RGB(0xB00020), WidthMM: 0.4})
	d.Stroke(Outlines([]Polygon{ring}), Pen{Color: RGB(0x000000), WidthMM: 0.8, DashMM: []float64{3, 1}})
	d.Text(Point{5, 45}, "套合图 1:10000 越界开采㎡", Style{SizeMM: 5, Color: RGB(0x000000)})
	d.Text(Point{75, 70}, "40°12′57.20″N", Style{SizeMM: 4, Color: RGB(0x1B5E20), Up: true})
	d.Text(Point{95, 60}, "右", Style{SizeMM: 4, Color: RGB(0x1B5E20), Anchor: Right})
	return d
}

func pdfOf(t testing.TB, d *Drawing) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, d *Drawing, dpi int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.WritePNG(&b, dpi); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(pngOf(t, sample(t), 100), pngOf(t, sample(t), 100)) {
		t.Error("two PNGs of one drawing differ")
	}
	if !bytes.Equal(pdfOf(t, sample(t)), pdfOf(t, sample(t))) {
		t.Error("two PDFs of one drawing differ")
	}
}

// The PNG is as large as the page, says its resolution, and holds every pixel.
func TestPNGResolution(t *testing.T) {
	t.Parallel()
	b := pngOf(t, sample(t), 254)
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Bounds().Size(); got != image.Pt(1000, 800) {
		t.Errorf("size %v", got)
	}
	page := sample(t).Raster(254)
	for i, off := 0, 0; i < 1000*800; i++ {
		got := color.RGBAModel.Convert(m.At(i%1000, i/1000))
		if want := page.At(i%1000, i/1000); got != want {
			if off++; off > 3 {
				break
			}
			t.Errorf("pixel %d of row %d is %v, want %v", i%1000, i/1000, got, want)
		}
	}
	at := bytes.Index(b, []byte("pHYs"))
	if at < 0 || binary.BigEndian.Uint32(b[at+4:]) != 10000 || binary.BigEndian.Uint32(b[at+8:]) != 10000 || b[at+12] != 1 {
		t.Errorf("pHYs: % x", b[at:at+13])
	}
}

// A fill covers its pixels and no others; a hole stays open; ground that two
// polygons cover is as if covered once.
func TestRasterFill(t *testing.T) {
	t.Parallel()
	d := New(20, 20, nil)
	d.Fill([]Polygon{{Rect{2, 2, 12, 12}.Ring(), Rect{4, 4, 6, 6}.Ring()}, Rect{8, 8, 16, 16}.Polygon()}, RGB(0xFF0000).Opacity(128))
	m := d.Raster(254)
	pink, white := m.RGBAAt(30, 30), color.RGBA{255, 255, 255, 255}
	if pink == white {
		t.Fatal("nothing is filled")
	}
	for _, tt := range []struct {
		name string
		x, y int
		want color.RGBA
	}{
		{"outside", 10, 10, white},
		{"just inside", 20, 20, pink},
		{"just outside", 19, 20, white},
		{"the hole", 50, 50, white},
		{"common ground", 100, 100, pink},
		{"the second", 150, 150, pink},
	} {
		if got := m.RGBAAt(tt.x, tt.y); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A line is as wide as its pen.
func TestRasterStroke(t *testing.T) {
	t.Parallel()
	d := New(20, 20, nil)
	d.Stroke([][]Point{{{2, 10}, {10, 10}, {10, 18}}}, Pen{Color: RGB(0), WidthMM: 1})
	m := d.Raster(254)
	dark := 0
	for y := range 200 {
		if m.RGBAAt(50, y).R < 128 {
			dark++
		}
	}
	if dark != 10 {
		t.Errorf("the line is %d pixels wide, want 10", dark)
	}
	if m.RGBAAt(102, 98).R > 128 {
		t.Error("the bend is open")
	}
}

// Every character of names that simpler fonts lack is there, and one that is not
// shows as a box and is told.
func TestGlyphs(t *testing.T) {
	t.Parallel()
	f := testFont(t)
	d := New(100, 20, f)
	d.Text(Point{5, 10}, "镕堃喆䶮㎡亩旗苏木①—，。（）〔〕°′″−ABC0123456789", Style{SizeMM: 3, Color: RGB(0)})
	if got := d.Missing(); len(got) != 0 {
		t.Errorf("the font has not %q", got)
	}
	for _, r := range "镕堃喆䶮㎡" {
		if g := f.glyph(r); len(g.outline) < 8 || g.advance != 1 {
			t.Errorf("%c: %d segments, advance %v", r, len(g.outline), g.advance)
		}
	}
	const none = '\U0010FFFD' // private use
	d.Text(Point{5, 10}, string(none), Style{SizeMM: 3, Color: RGB(0)})
	if got := d.Missing(); len(got) != 1 || got[0] != none {
		t.Errorf("missing: %q", got)
	}
	blank := New(100, 20, f)
	blank.Text(Point{5, 10}, string(none), Style{SizeMM: 3, Color: RGB(0)})
	if bytes.Equal(pngOf(t, blank, 100), pngOf(t, New(100, 20, f), 100)) {
		t.Error("a missing character prints as nothing")
	}
}

func TestFindFont(t *testing.T) {
	t.Parallel()
	nowhere := []string{filepath.Join(t.TempDir(), "none.ttc")}
	if _, err := FindFont("", nowhere); !errors.Is(err, ErrNoFont) {
		t.Errorf("no font anywhere: %v", err)
	}
	if _, err := FindFont(nowhere[0], Places); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a named font that is not there: %v", err)
	}
	text := filepath.Join(t.TempDir(), "text.ttf")
	if err := os.WriteFile(text, []byte("not a font"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := FindFont(text, Places); err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("a file that is no font: %v", err)
	}
}

// Another program reads the PDF without complaint, and its page looks as the PNG.
func TestPDFLooksAsPNG(t *testing.T) {
	t.Parallel()
	d := sample(t)
	file := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(file, pdfOf(t, d), 0o600); err != nil {
		t.Fatal(err)
	}
	page, err := png.Decode(bytes.NewReader(pagetest.Poppler(t, "pdftoppm", "-r", "150", "-png", file)))
	if err != nil {
		t.Fatal(err)
	}
	if far := pagetest.Difference(d.Raster(150), page, 24); far > 14 {
		t.Errorf("cells of page and picture differ by up to %.1f of 255", far)
	}
	other := sample(t)
	other.Fill([]Polygon{Rect{48.8, 48.8, 52.8, 52.8}.Polygon()}, RGB(0))
	if far := pagetest.Difference(other.Raster(150), page, 24); far < 40 {
		t.Errorf("a square of 4 mm makes a difference of %.1f only: the comparison is blind", far)
	}
}

// Text can be searched, also beyond the letters that one font holds.
func TestPDFText(t *testing.T) {
	t.Parallel()
	d := New(200, 200, testFont(t))
	var want []string
	for i := range 20 {
		line := ""
		for r := rune(0x4E00 + 30*i); r < rune(0x4E00+30*i+30); r++ {
			line += string(r)
		}
		want = append(want, line)
		d.Text(Point{5, 8 + 9*float64(i)}, line, Style{SizeMM: 5, Color: RGB(0)})
	}
	d.Text(Point{5, 195}, "采矿许可证号 C1599002009071120120666", Style{SizeMM: 4, Color: RGB(0)})
	file := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(file, pdfOf(t, d), 0o600); err != nil {
		t.Fatal(err)
	}
	got := string(pagetest.Poppler(t, "pdftotext", "-layout", file, "-"))
	for _, line := range append(want, "采矿许可证号 C1599002009071120120666") {
		if !strings.Contains(got, line) {
			t.Errorf("%q is not in the text of the page", line)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		v    float64
		want string
	}{{1.005, "1"}, {-0.001, "0"}, {0.125, "0.13"}, {-12.5, "-12.5"}, {1e7, "10000000"}, {math.NaN(), "0"}, {math.Inf(1), "0"}} {
		if got := number(tt.v, 2); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.v, got, tt.want)
		}
	}
}
