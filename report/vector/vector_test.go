package vector

import (
	"io"
	"iter"
	"os"
	"runtime"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe/internal/shpwrite"
	"github.com/taohe-gis/taohe/report"
)

// What a table cannot hold is cut between characters, and says so.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text  string
		bytes int
		want  string
	}{
		{"长原煤矿", 12, "长原煤矿"}, {"长原煤矿有", 12, "长原煤…"}, {"长原煤矿有", 14, "长原煤…"}, {"abcdef", 5, "ab…"}, {"", 5, ""},
	} {
		if got := cut(tt.text, tt.bytes); got != tt.want {
			t.Errorf("%q in %d bytes: %q", tt.text, tt.bytes, got)
		}
	}
}

// However many findings there are, writing them holds few at a time and leaves no
// file, nor does a writer that fails.
func TestWritersHoldFew(t *testing.T) { // alone: it looks at the memory of the process
	ring := []float64{}
	for i := range 1000 {
		ring = append(ring, 109+float64(i)/1e4, 40)
	}
	ring = append(ring, 109.1, 40.1, 109, 40.1, 109, 40)
	shape, err := ewkb.Marshal(geom.NewMultiPolygonFlat(geom.XY, ring, [][]int{{len(ring)}}).SetSRID(4490), ewkb.NDR)
	if err != nil {
		t.Fatal(err)
	}
	const findings = 4000
	all := func(peak *uint64) iter.Seq2[report.FindingLine, error] {
		return func(yield func(report.FindingLine, error) bool) {
			for i := range findings {
				if i%1000 == 999 {
					*peak = max(*peak, heap())
				}
				if !yield(report.FindingLine{ID: "1-C0-unapproved", EWKB: append([]byte{}, shape...)}, nil) {
					return
				}
			}
		}
	}
	for name, write := range map[string]func(w io.Writer, dir string, all iter.Seq2[report.FindingLine, error]) error{
		"geopackage": func(w io.Writer, dir string, all iter.Seq2[report.FindingLine, error]) error {
			return WriteGeoPackage(t.Context(), w, dir, all)
		},
		"shapefile": func(w io.Writer, dir string, all iter.Seq2[report.FindingLine, error]) error {
			return WriteShapefile(w, dir, all, shpwrite.UTF8)
		},
	} {
		dir, before, peak := t.TempDir(), heap(), uint64(0)
		out := &counting{peak: &peak}
		if err := write(out, dir, all(&peak)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		const bound = 12 << 20 // a fifth of the shapes
		if grown := int64(peak) - int64(before); grown > bound || out.n < findings*16 {
			t.Errorf("%s: memory grew by %d bytes, %d were written", name, grown, out.n)
		}
		if err := write(failing{}, dir, all(&peak)); err == nil {
			t.Errorf("%s: nobody reads, and no error", name)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s left %v: %v", name, left, err)
		}
	}
}

// heap is how many bytes of the heap are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// counting counts what is written to it, and looks at the memory now and then.
type counting struct {
	n, looked int64
	peak      *uint64
}

func (c *counting) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	if c.n-c.looked > 8<<20 {
		c.looked, *c.peak = c.n, max(*c.peak, heap())
	}
	return len(b), nil
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
