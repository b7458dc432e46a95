package geo

import "math"

// GCJ02 is the offset of Chinese internet maps ("Mars coordinates"), removed.
// The offset has no published definition: the formula is the one in general
// use, reverse-engineered, and agrees with the maps to some metres at best.
// Every figure from such coordinates is approximate and must be marked so.
type GCJ02 struct{}

func (GCJ02) toCGCS2000(c CRS) (func(x, y float64) (lonDeg, latDeg float64), error) {
	if c.Projected || !c.AcceptedAsCGCS2000() {
		return nil, &ShiftError{"GCJ-02 is longitude and latitude, not " + c.Name}
	}
	return FromGCJ02, nil
}

// FromGCJ02 removes the offset from a longitude and latitude in degrees. The
// inverse has no closed form: it is iterated until the forward offset gives the
// argument back to 1e-9°. Outside the box the maps shift, coordinates stay.
func FromGCJ02(lonDeg, latDeg float64) (lon, lat float64) {
	lon, lat = lonDeg, latDeg
	for range 20 {
		l, p := ToGCJ02(lon, lat)
		dLon, dLat := l-lonDeg, p-latDeg
		lon, lat = lon-dLon, lat-dLat
		if !(math.Abs(dLon) > 1e-10 || math.Abs(dLat) > 1e-10) {
			break
		}
	}
	return lon, lat
}

// ToGCJ02 adds the offset to a longitude and latitude in degrees; it exists to
// check FromGCJ02 and to draw over internet maps, never for evidence.
func ToGCJ02(lonDeg, latDeg float64) (lon, lat float64) {
	if lonDeg < 72.004 || lonDeg > 137.8347 || latDeg < 0.8293 || latDeg > 55.8271 {
		return lonDeg, latDeg
	}
	const (
		a  = 6378245.0
		e2 = 0.00669342162296594323
	)
	x, y := lonDeg-105, latDeg-35
	root := math.Sqrt(math.Abs(x))
	wave := 20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root +
		(wave+20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi)+160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root +
		(wave+20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi)+150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	sin, cos := math.Sincos(latDeg * radian)
	w2 := 1 - e2*sin*sin
	w := math.Sqrt(w2)
	return lonDeg + east/(a/w*cos*radian), latDeg + north/(a*(1-e2)/(w2*w)*radian)
}
