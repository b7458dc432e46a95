package oracle

import "math"

// A plane is what the engine needs to know of ground: set algebra, connected
// parts (a common point does not join) and measures on the CGCS2000 ellipsoid.
// R is polygonal ground without lines and points.
type plane[R any] interface {
	Empty() R
	Union(a, b R) R
	Meet(a, b R) R
	Minus(a, b R) R
	Parts(R) []R
	AreaM2(R) float64
	PerimeterM(R) float64
	// Rings are the polygons of the ground as closed rings, shell first.
	Rings(R) []polygon
	// Exact reports whether set operations are free of rounding.
	Exact() bool
	// Err is the first operation that failed, nil when none did.
	Err() error
}

type (
	point   struct{ lon, lat float64 }
	ring    []point
	polygon []ring
)

// CGCS2000.
const (
	semiMajorM = 6378137.0
	flattening = 1 / 298.257222101
	ecc2       = flattening * (2 - flattening)
)

const degree = math.Pi / 180

// equalArea is the cylindrical equal-area projection of the ellipsoid, true at
// the equator (Snyder, USGS Professional Paper 1395, formulas 10-1, 3-12). Areas
// of the plane are areas of the ellipsoid.
func equalArea(p point) (x, y float64) {
	e, s := math.Sqrt(ecc2), math.Sin(p.lat*degree)
	q := (1 - ecc2) * (s/(1-ecc2*s*s) - math.Log((1-e*s)/(1+e*s))/(2*e))
	return semiMajorM * p.lon * degree, semiMajorM * q / 2
}

// ringAreaM2 is positive for a counter-clockwise ring.
func ringAreaM2(r ring) float64 {
	x0, y0 := equalArea(r[0])
	var sum, px, py float64
	for _, p := range r[1:] {
		x, y := equalArea(p)
		x, y = x-x0, y-y0
		sum += px*y - x*py
		px, py = x, y
	}
	return sum / 2
}

// polygonsAreaM2 subtracts holes by role.
func polygonsAreaM2(polygons []polygon) float64 {
	var sum float64
	for _, p := range polygons {
		for i, r := range p {
			if a := math.Abs(ringAreaM2(r)); i == 0 {
				sum += a
			} else {
				sum -= a
			}
		}
	}
	return sum
}

// metres per degree of latitude and of longitude at a latitude.
func metresPerDegree(lat float64) (north, east float64) {
	s := math.Sin(lat * degree)
	w := 1 - ecc2*s*s
	north = semiMajorM * (1 - ecc2) / (w * math.Sqrt(w)) * degree
	east = semiMajorM / math.Sqrt(w) * math.Cos(lat*degree) * degree
	return north, east
}

// lengthM is the length of a short geodesic, by the mean latitude: exact to
// 1e-9 of it up to a kilometre.
func lengthM(a, b point) float64 {
	north, east := metresPerDegree((a.lat + b.lat) / 2)
	return math.Hypot((b.lat-a.lat)*north, (b.lon-a.lon)*east)
}

func ringsLengthM(polygons []polygon) float64 {
	var sum float64
	for _, p := range polygons {
		for _, r := range p {
			for i := 1; i < len(r); i++ {
				sum += lengthM(r[i-1], r[i])
			}
		}
	}
	return sum
}

// distanceM is the distance between two grounds that do not overlap: that of
// their outlines.
func distanceM(a, b []polygon) float64 {
	best := math.Inf(1)
	var from, to point
	for _, s := range segments(a) {
		for _, u := range segments(b) {
			if s.boxDistanceDeg2(u) > best {
				continue
			}
			if p, q, d := s.nearest(u); d < best {
				best, from, to = d, p, q
			}
		}
	}
	if math.IsInf(best, 1) {
		return best
	}
	return lengthM(from, to)
}

type segment struct{ a, b point }

func segments(polygons []polygon) []segment {
	var out []segment
	for _, p := range polygons {
		for _, r := range p {
			for i := 1; i < len(r); i++ {
				out = append(out, segment{r[i-1], r[i]})
			}
		}
	}
	return out
}

func (s segment) boxDistanceDeg2(u segment) float64 {
	gap := func(a0, a1, b0, b1 float64) float64 {
		return max(min(b0, b1)-max(a0, a1), min(a0, a1)-max(b0, b1), 0)
	}
	east := gap(s.a.lon, s.b.lon, u.a.lon, u.b.lon) * eastScale
	north := gap(s.a.lat, s.b.lat, u.a.lat, u.b.lat)
	return east*east + north*north
}

// eastScale shrinks degrees of longitude to those of latitude at 40.2° N, near
// enough to find which points are nearest.
var eastScale = func() float64 {
	north, east := metresPerDegree(40.2)
	return east / north
}()

// nearest are the points of two segments that are nearest to each other, and
// their squared distance in degrees of latitude.
func (s segment) nearest(u segment) (from, to point, deg2 float64) {
	if p, ok := s.cross(u); ok {
		return p, p, 0
	}
	deg2 = math.Inf(1)
	try := func(p point, on segment, flip bool) {
		q := on.foot(p)
		if d := squared(p, q); d < deg2 {
			deg2, from, to = d, p, q
			if flip {
				from, to = q, p
			}
		}
	}
	try(s.a, u, false)
	try(s.b, u, false)
	try(u.a, s, true)
	try(u.b, s, true)
	return from, to, deg2
}

func squared(p, q point) float64 {
	x, y := (p.lon-q.lon)*eastScale, p.lat-q.lat
	return x*x + y*y
}

func (s segment) foot(p point) point {
	dx, dy := (s.b.lon-s.a.lon)*eastScale, s.b.lat-s.a.lat
	t := ((p.lon-s.a.lon)*eastScale*dx + (p.lat-s.a.lat)*dy) / (dx*dx + dy*dy)
	t = min(max(t, 0), 1)
	return point{s.a.lon + t*(s.b.lon-s.a.lon), s.a.lat + t*(s.b.lat-s.a.lat)}
}

func (s segment) cross(u segment) (point, bool) {
	d1, d2 := turn(u.a, u.b, s.a), turn(u.a, u.b, s.b)
	d3, d4 := turn(s.a, s.b, u.a), turn(s.a, s.b, u.b)
	if d1*d2 >= 0 || d3*d4 >= 0 {
		return point{}, false
	}
	t := d1 / (d1 - d2)
	return point{s.a.lon + t*(s.b.lon-s.a.lon), s.a.lat + t*(s.b.lat-s.a.lat)}, true
}

// turn is positive when c lies left of a → b.
func turn(a, b, c point) float64 {
	return (b.lon-a.lon)*(c.lat-a.lat) - (c.lon-a.lon)*(b.lat-a.lat)
}
