package ingest

import (
	"math"
	"strconv"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
)

const (
	// A polygon with less area, or a smaller mean width (2 x area / perimeter), is a
	// leftover of cutting, not ground that somebody drew.
	sliverM2, sliverWidthM = 1.0, 1.0
	// A corner sharper than this between two sides longer than that is a slip of
	// the pen.
	spikeDegrees, spikeSideM = 1.0, 1.0
)

var spikeSineSquared = math.Pow(math.Sin(spikeDegrees*math.Pi/180), 2)

// An outlineFault is the first of a kind, and how many there are.
type outlineFault struct {
	count int
	at    [2]float64
	// Of a sliver, its area and mean width; of a spike, angle and shorter side.
	first, second float64
}

// outlineRemarks looks for what makes a shape in EPSG:4490 doubtful without
// making it invalid. A corner that is written twice in a row changes nothing and is passed over.
// Everything is measured in a plane that touches the shape's middle, which is
// right to a few thousandths over a county: enough for thresholds, and for
// nothing else.
func outlineRemarks(mp *geom.MultiPolygon) []taohe.Diagnostic {
	flat, stride := mp.FlatCoords(), mp.Stride()
	if len(flat) < stride {
		return nil
	}
	lat0 := flat[1]
	north := math.Pi / 180 * meridianRadiusM(lat0)
	east := math.Pi / 180 * parallelRadiusM(lat0)
	var sliver, spike outlineFault
	start := 0
	for _, ends := range mp.Endss() {
		area, length, first := 0.0, 0.0, start
		for _, end := range ends {
			ringM2, ringM := measureRing(flat[start:end], stride, east, north, &spike)
			if start == first {
				area, length = math.Abs(ringM2), ringM
			} else {
				area, length = area-math.Abs(ringM2), length+ringM
			}
			start = end
		}
		if length > 0 && (area < sliverM2 || 2*area < sliverWidthM*length) {
			sliver.add(flat[first], flat[first+1], area, 2*area/length)
		}
	}
	var diags []taohe.Diagnostic
	if sliver.count > 0 {
		at := sliver.at
		diags = append(diags, taohe.Diagnostic{Code: "geometry.sliver", At: &at, Args: map[string]string{
			"count": strconv.Itoa(sliver.count), "m2": geo.FormatM2(sliver.first), "width_m": strconv.FormatFloat(sliver.second, 'f', 3, 64),
			"lon": formatDegrees(at[0]), "lat": formatDegrees(at[1]),
		}})
	}
	if spike.count > 0 {
		at := spike.at
		diags = append(diags, taohe.Diagnostic{Code: "geometry.spike", At: &at, Args: map[string]string{
			"count": strconv.Itoa(spike.count), "degrees": strconv.FormatFloat(spike.first, 'f', 3, 64), "side_m": strconv.FormatFloat(spike.second, 'f', 2, 64),
			"lon": formatDegrees(at[0]), "lat": formatDegrees(at[1]),
		}})
	}
	return diags
}

func (f *outlineFault) add(lon, lat, first, second float64) {
	if f.count++; f.count == 1 {
		*f = outlineFault{1, [2]float64{lon, lat}, first, second}
	}
}

// measureRing measures a closed ring and finds its spikes.
func measureRing(flat []float64, stride int, east, north float64, spike *outlineFault) (m2, lengthM float64) {
	if len(flat) < 3*stride {
		return 0, 0
	}
	lon0, lat0 := flat[0], flat[1]
	// The side into the corner at hand, and the first one, which the last corner
	// of the ring turns into.
	var inX, inY, inSquared, firstX, firstY, firstSquared float64
	x, y := 0.0, 0.0
	for i := stride; i < len(flat); i += stride {
		nextX, nextY := (flat[i]-lon0)*east, (flat[i+1]-lat0)*north
		dx, dy := nextX-x, nextY-y
		squared := dx*dx + dy*dy
		if squared == 0 {
			continue
		}
		m2 += x*nextY - nextX*y
		lengthM += math.Sqrt(squared)
		if inSquared == 0 {
			firstX, firstY, firstSquared = dx, dy, squared
		} else if inX*dx+inY*dy < 0 { // else it does not turn back at all
			turnsBack(inX, inY, inSquared, dx, dy, squared, flat[i-stride], flat[i-stride+1], spike)
		}
		inX, inY, inSquared = dx, dy, squared
		x, y = nextX, nextY
	}
	turnsBack(inX, inY, inSquared, firstX, firstY, firstSquared, lon0, lat0, spike)
	return m2 / 2, lengthM
}

// turnsBack notes the corner between two sides when it is a spike: the sides
// run against each other, and the sine between them is small.
func turnsBack(inX, inY, inSquared, outX, outY, outSquared, lon, lat float64, spike *outlineFault) {
	const least = spikeSideM * spikeSideM
	if inX*outX+inY*outY >= 0 || inSquared < least || outSquared < least {
		return
	}
	cross := inX*outY - inY*outX
	if sine := cross * cross / (inSquared * outSquared); sine < spikeSineSquared {
		spike.add(lon, lat, math.Asin(math.Sqrt(sine))*180/math.Pi, math.Sqrt(min(inSquared, outSquared)))
	}
}

// The radii of curvature of CGCS2000 north and east.
const (
	semiMajorM          = 6378137.0
	eccentricitySquared = 0.00669438002290
)

func meridianRadiusM(lat float64) float64 {
	sin := math.Sin(lat * math.Pi / 180)
	return semiMajorM * (1 - eccentricitySquared) / math.Pow(1-eccentricitySquared*sin*sin, 1.5)
}

func parallelRadiusM(lat float64) float64 {
	sin, cos := math.Sincos(lat * math.Pi / 180)
	return semiMajorM * cos / math.Sqrt(1-eccentricitySquared*sin*sin)
}
