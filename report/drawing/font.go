package drawing

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// A Font is where letters come from: their outlines, which the PNG is filled
// with and the PDF carries. It may be used by many at a time.
type Font struct {
	// Path is the file it was read from.
	Path string

	file io.Closer
	face *sfnt.Font

	mu     sync.Mutex
	buffer sfnt.Buffer
	glyphs map[rune]*glyph
}

// A glyph is one letter: em units, y downwards from the base line.
type glyph struct {
	advance float64
	outline []segment
	missing bool // the box in the place of a character that the font has not
}

// A segment is a move (of one point), a line (one), a quadratic (two) or a
// cubic curve (three).
type segment struct {
	op     sfnt.SegmentOp
	points [3]Point
}

// ErrNoFont is of FindFont where no place has a font.
var ErrNoFont = errors.New("no Chinese font found")

// Places are where systems keep free fonts that have all Chinese characters and
// whose licence lets documents carry their outlines: Noto CJK and Source Han,
// both under the SIL Open Font License.
var Places = []string{
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/adobe-source-han-sans/SourceHanSansSC-Regular.otf",
	"/usr/share/fonts/adobe-source-han-sans-cn/SourceHanSansCN-Regular.otf",
	"/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
	"/usr/local/share/fonts/NotoSansCJK-Regular.ttc",
	"/usr/local/share/fonts/SourceHanSansSC-Regular.otf",
}

// FindFont opens the font that was named, or where name is empty the first of
// the places that has one. Without any it returns ErrNoFont.
func FindFont(name string, places []string) (*Font, error) {
	if name != "" {
		return OpenFont(name)
	}
	for _, place := range places {
		f, err := OpenFont(place)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		return f, err
	}
	return nil, ErrNoFont
}

// OpenFont opens a TrueType or OpenType font or a collection of them; of a
// collection the face for simplified Chinese, or else the first.
func OpenFont(path string) (*Font, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	f := &Font{Path: path, file: file, glyphs: map[rune]*glyph{}}
	if f.face, err = f.choose(file); err != nil {
		return nil, errors.Join(fmt.Errorf("font %s: %w", path, err), file.Close())
	}
	return f, nil
}

func (f *Font) choose(file io.ReaderAt) (*sfnt.Font, error) {
	all, err := sfnt.ParseCollectionReaderAt(file)
	if err != nil {
		return nil, err
	}
	first, err := all.Font(0)
	if err != nil {
		return nil, err
	}
	for i := range all.NumFonts() {
		face, err := all.Font(i)
		if err != nil {
			return nil, err
		}
		if name, err := face.Name(&f.buffer, sfnt.NameIDFull); err == nil && strings.Contains(name+" ", " SC ") {
			return face, nil
		}
	}
	return first, nil
}

// Close closes the file.
func (f *Font) Close() error { return f.file.Close() }

// glyph is the outline of a character. One that cannot be read is treated as
// one that the font has not: it shows, and is told.
func (f *Font) glyph(r rune) *glyph {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g := f.glyphs[r]; g != nil {
		return g
	}
	index, err := f.face.GlyphIndex(&f.buffer, r)
	if err != nil {
		index = 0
	}
	g, err := f.load(index)
	if err != nil || index == 0 {
		g = box()
	}
	f.glyphs[r] = g
	return g
}

func (f *Font) load(index sfnt.GlyphIndex) (*glyph, error) {
	em := fixed.I(int(f.face.UnitsPerEm()))
	advance, err := f.face.GlyphAdvance(&f.buffer, index, em, font.HintingNone)
	if err != nil {
		return nil, err
	}
	segments, err := f.face.LoadGlyph(&f.buffer, index, em, nil)
	if err != nil {
		return nil, err
	}
	g := &glyph{advance: float64(advance) / float64(em)}
	for _, s := range segments {
		out := segment{op: s.Op}
		for i, p := range s.Args {
			out.points[i] = Point{float64(p.X) / float64(em), float64(p.Y) / float64(em)}
		}
		g.outline = append(g.outline, out)
	}
	return g, nil
}

// box is what stands for a character that is not there: an empty frame, which
// no one overlooks.
func box() *glyph {
	g := &glyph{advance: 1, missing: true}
	for _, ring := range [][]Point{
		{{0.1, -0.8}, {0.9, -0.8}, {0.9, 0.05}, {0.1, 0.05}},
		{{0.17, -0.73}, {0.17, -0.02}, {0.83, -0.02}, {0.83, -0.73}},
	} {
		for i, p := range ring {
			op := sfnt.SegmentOpLineTo
			if i == 0 {
				op = sfnt.SegmentOpMoveTo
			}
			g.outline = append(g.outline, segment{op: op, points: [3]Point{p}})
		}
	}
	return g
}
