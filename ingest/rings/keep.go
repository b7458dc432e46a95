package rings

import (
	"math"

	"github.com/twpayne/go-geom"
)

// Keep makes polygons of rings whose shells and holes the source itself tells
// apart, and leaves that as it is: what a source nests wrongly is for the
// judge of validity. Rings are closed; those of fewer than four corners once
// closed, or on a line, are dropped, a shell with its holes. Ends counts
// points and polygons counts rings; the first ring of a polygon is its shell.
// The polygons share the points they are given where no ring had to be changed.
func Keep(layout geom.Layout, points []float64, ends, polygons []int) Result {
	stride := layout.Stride()
	var (
		result Result
		out    []float64 // only once a ring must be changed
		endss  [][]int
	)
	at, kept := 0, 0 // start of the ring in points, end of what is kept
	ring := 0
	for _, last := range polygons {
		var own []int
		for shell, lost := true, false; ring < last; ring, shell = ring+1, false {
			r := points[at : ends[ring]*stride]
			at = ends[ring] * stride
			open, sound, doubleArea := judge(r, stride)
			if !sound || lost {
				lost = lost || shell
				if result.Dropped++; result.Dropped == 1 && len(r) > 0 {
					result.DroppedAt = [2]float64{r[0], r[1]}
				}
				if out == nil {
					out = append(make([]float64, 0, len(points)+stride), points[:kept]...)
				}
				continue
			}
			if out == nil && open {
				out = append(make([]float64, 0, len(points)+stride), points[:kept]...)
			}
			// The halves of a bow-tie can cancel: it runs neither way.
			if doubleArea != 0 {
				clockwise := doubleArea < 0
				result.Reversed = result.Reversed || clockwise != shell
				result.Clockwise = result.Clockwise || clockwise == shell
			}
			kept += len(r)
			if out != nil {
				out = append(out, r...)
				if open {
					result.Open++
					out = append(out, r[:stride]...)
				}
				kept = len(out)
			}
			own = append(own, kept)
		}
		if len(own) > 0 {
			endss = append(endss, own)
		}
	}
	if len(endss) == 0 {
		return result
	}
	if out == nil {
		out = points[:kept]
	}
	result.Polygons = geom.NewMultiPolygonFlat(layout, out, endss)
	return result
}

// judge tells whether a ring is open, has four positions once closed and does
// not lie on a line, and twice its signed area, counter-clockwise positive. A
// joint that differs in height only is mended.
func judge(r []float64, stride int) (open, sound bool, doubleArea float64) {
	n := len(r) / stride
	if n < 3 {
		return false, false, 0
	}
	last := r[len(r)-stride:]
	open = r[0] != last[0] || r[1] != last[1]
	if stride == 3 && !open {
		last[2] = r[2]
	}
	if open {
		n++
	}
	var sum, spread, px, py, w, h float64
	for i := stride; i < len(r); i += stride {
		x, y := r[i]-r[0], r[i+1]-r[1]
		sum += px*y - x*py
		spread += math.Abs(px*y - x*py)
		px, py = x, y
		w, h = max(w, math.Abs(x)), max(h, math.Abs(y))
	}
	// A ring on a line, within the rounding of the coordinates, encloses nothing.
	// The signed area would not do: the halves of a bow-tie cancel.
	const epsilon = 1.0 / (1 << 52)
	largest := max(math.Abs(r[0])+w, math.Abs(r[1])+h)
	return open, n >= 4 && spread > 4*epsilon*largest*(w+h), sum
}

// Settle brings points of three ordinates, the third NaN where a point has no
// height, to one layout, in place: with heights only where every point has
// one. Mixed says that some had a height and some not.
func Settle(points []float64) (layout geom.Layout, settled []float64, mixed bool) {
	without := 0
	for i := 2; i < len(points); i += 3 {
		if math.IsNaN(points[i]) {
			without++
		}
	}
	if without == 0 {
		return geom.XYZ, points, false
	}
	n := len(points) / 3
	for i := range n {
		points[2*i], points[2*i+1] = points[3*i], points[3*i+1]
	}
	return geom.XY, points[:2*n], without < n
}
