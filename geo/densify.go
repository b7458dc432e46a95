package geo

import (
	"math"

	"github.com/twpayne/go-geom"
)

// MaxEdgeM is the longest edge, in metres, that is carried from one system to
// another corner by corner. At 70 m the sagitta of an edge that is straight in
// the Gauss–Krüger plane is below 0.1 mm.
const MaxEdgeM = 70.0

// maxPieces bounds what one edge may become: 4587 km at 70 m. Longer edges are
// nonsense coordinates, which must not exhaust memory.
const maxPieces = 1 << 16

// Densify returns a copy of mp with every edge longer than maxEdgeM metres
// split into equal pieces not longer than that. A projected c splits along the
// straight line of its plane; a geographic one linearly in longitude and
// latitude, measuring along the meridian and parallel of the edge's middle.
//
// The original corners stay as they are, bit for bit. The points of an edge do
// not depend on the direction it is walked, so neighbours that share an edge
// share its points. Z and M are interpolated linearly along the edge. Layout
// and SRID are kept. An edge is cut into at most 65,536 pieces; one with a
// coordinate that is not finite is left alone, as is everything when maxEdgeM
// is not positive.
func Densify(mp *geom.MultiPolygon, c CRS, maxEdgeM float64) *geom.MultiPolygon {
	stride := mp.Stride()
	in := mp.FlatCoords()
	out := make([]float64, 0, len(in))
	endss := make([][]int, 0, mp.NumPolygons())
	start := 0
	for _, ends := range mp.Endss() {
		outEnds := make([]int, 0, len(ends))
		for _, end := range ends {
			for i := start; i < end; i += stride {
				out = append(out, in[i:i+stride]...)
				if next := i + stride; next < end {
					out = appendBetween(out, in[i:next], in[next:next+stride], edgePieces(in[i:next], in[next:next+stride], c, maxEdgeM))
				}
			}
			outEnds = append(outEnds, len(out))
			start = end
		}
		endss = append(endss, outEnds)
	}
	return geom.NewMultiPolygonFlat(mp.Layout(), out, endss).SetSRID(mp.SRID())
}

// edgePieces is the number of equal pieces the edge from p to q is cut into,
// the same for q to p.
func edgePieces(p, q []float64, c CRS, maxEdgeM float64) int {
	dx, dy := q[0]-p[0], q[1]-p[1]
	if !c.Projected {
		dx, dy = degreesToMetres(c.Ellipsoid, dx, dy, (p[1]+q[1])/2)
	}
	// Most edges of real data are short, and need no root. NaN is left alone too.
	if !(dx*dx+dy*dy > maxEdgeM*maxEdgeM) {
		return 1
	}
	n := math.Ceil(math.Hypot(dx, dy) / maxEdgeM)
	switch {
	case !(n > 1) || math.IsInf(n, 0) || maxEdgeM <= 0:
		return 1
	case n > maxPieces:
		return maxPieces
	}
	return int(n)
}

// degreesToMetres measures small steps in longitude and latitude along the
// parallel and meridian at latDeg.
func degreesToMetres(e Ellipsoid, dLonDeg, dLatDeg, latDeg float64) (eastM, northM float64) {
	sin, cos := math.Sincos(latDeg * radian)
	w2 := 1 - e.e2()*sin*sin
	primeVertical := e.SemiMajorM / math.Sqrt(w2)
	meridional := primeVertical * (1 - e.e2()) / w2
	return dLonDeg * radian * primeVertical * cos, dLatDeg * radian * meridional
}

// appendBetween appends the points between p and q, ends excluded, worked out
// from the lesser end towards the greater whichever way the edge is walked.
func appendBetween(out, p, q []float64, pieces int) []float64 {
	from, to, backwards := p, q, false
	if q[0] < p[0] || (q[0] == p[0] && q[1] < p[1]) {
		from, to, backwards = q, p, true
	}
	for i := 1; i < pieces; i++ {
		k := i
		if backwards {
			k = pieces - i
		}
		f := float64(k) / float64(pieces)
		for d := range from {
			out = append(out, from[d]+(to[d]-from[d])*f)
		}
	}
	return out
}
