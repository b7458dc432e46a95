package torture

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// None is the shape of a row without geometry.
const None = "none"

// Polygon is the shape of a row of polygons: shells, all rings, and the area in
// the plane of the source.
func Polygon(parts, rings int, planarArea float64) string {
	return fmt.Sprintf("polygons %d, rings %d, area %s", parts, rings, strconv.FormatFloat(math.Round(planarArea*1e6)/1e6+0, 'f', -1, 64))
}

// PolygonZ is Polygon with heights.
func PolygonZ(parts, rings int, planarArea float64) string {
	return Polygon(parts, rings, planarArea) + ", heights"
}

// Other is the shape of a row that has no polygon: its type and positions.
func Other(kind string, positions int) string { return fmt.Sprintf("%s of %d", kind, positions) }

// codes counts diagnostics: one is named as often as it is due.
func codes(names ...string) map[string]int {
	m := map[string]int{}
	for _, n := range names {
		m[n]++
	}
	return m
}

// refused is the reading of a file that cannot be taken.
func refused(code string) Reading { return Reading{Refused: code} }

// of is a reading of layers.
func of(layers ...Layer) Reading { return Reading{Layers: layers} }

// made are files whose contents are ready: name, content, name, content, …
func made(pairs ...any) func() ([]File, error) {
	return func() ([]File, error) { return filesOf(pairs) }
}

func filesOf(pairs []any) ([]File, error) {
	var out []File
	for i := 0; i+1 < len(pairs); i += 2 {
		f := File{Name: pairs[i].(string)}
		switch c := pairs[i+1].(type) {
		case []byte:
			f.Content = c
		case string:
			f.Content = []byte(c)
		default:
			return nil, fmt.Errorf("%s: content of type %T", f.Name, c)
		}
		out = append(out, f)
	}
	return out, nil
}

// zipped is one zip of the given name that holds the entries.
func zipped(name string, pairs ...any) func() ([]File, error) {
	return func() ([]File, error) {
		entries, err := filesOf(pairs)
		if err != nil {
			return nil, err
		}
		content, err := zipOf(entries...)
		return []File{{name, content}}, err
	}
}

// epoch is the first moment a zip can carry, so that no clock is in the bytes.
var epoch = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// zipOf packs entries. A name that is not UTF-8 is written as it is, without the
// mark of UTF-8.
func zipOf(entries ...File) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		out, err := w.CreateHeader(&zip.FileHeader{Name: e.Name, Method: zip.Deflate, Modified: epoch})
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(e.Content); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// gbk is a text in GBK. A text without such a form is a fault of the set.
func gbk(s string) string {
	b, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		panic(fmt.Sprintf("%q has no form in GB 18030: %v", s, err))
	}
	return b
}

// slug makes the last part of a case's name of words.
func slug(words string) string {
	return strings.ToLower(strings.NewReplacer(" ", "-", ",", "", "'", "", ".", "", "/", "-", "(", "", ")", "").Replace(words))
}
