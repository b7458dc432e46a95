package geo

import (
	"fmt"
	"math"
)

// Datum is the geodetic datum of a reference system, as far as taohe tells
// datums apart.
type Datum string

// The datums taohe knows. DatumITRF stands for every geocentric frame that
// agrees with CGCS2000 to a metre (SIRGAS 2000, the ITRF realisations).
const (
	DatumCGCS2000    Datum = "cgcs2000"
	DatumWGS84       Datum = "wgs84"
	DatumITRF        Datum = "itrf"
	DatumXian1980    Datum = "xian1980"
	DatumBeijing1954 Datum = "beijing1954"
	DatumNewBeijing  Datum = "new_beijing"
)

// SRIDs of the store.
const (
	// StoreSRID is EPSG:4490, CGCS2000 longitude and latitude: the system of
	// every stored geometry.
	StoreSRID = 4490
	// EqualAreaSRID is the store's own cylindrical equal-area system on the
	// CGCS2000 ellipsoid (+proj=cea +lat_ts=0 +ellps=GRS80): its plane area is
	// the ellipsoidal area.
	EqualAreaSRID = 904490
)

// An Ellipsoid is a reference ellipsoid: semi-major axis in metres, and 1/f.
type Ellipsoid struct {
	Name                          string
	SemiMajorM, InverseFlattening float64
}

// The ellipsoids taohe knows: GB 22021-2008 (CGCS2000), NIMA TR8350.2
// (WGS 84), the IAG 1975 figure with the flattening Xian 1980 uses, and
// Krassowsky 1940.
var (
	ellipsoidCGCS2000  = Ellipsoid{"CGCS2000", 6378137, 298.257222101}
	ellipsoidWGS84     = Ellipsoid{"WGS 84", 6378137, 298.257223563}
	ellipsoidGRS80     = Ellipsoid{"GRS 1980", 6378137, 298.257222101}
	ellipsoidXian1980  = Ellipsoid{"Xian 1980", 6378140, 298.257}
	ellipsoidKrasovsky = Ellipsoid{"Krasovsky 1940", 6378245, 298.3}
)

// e2 is the first eccentricity squared.
func (e Ellipsoid) e2() float64 {
	if e.InverseFlattening == 0 { // the convention of WKT for a sphere
		return 0
	}
	f := 1 / e.InverseFlattening
	return f * (2 - f)
}

// A CRS is a reference system by its parameters. It is comparable: two CRS
// are equal when they give equal coordinates and bear the same name. The
// zero CRS is not a system; FromEPSG, IdentifyWKT and GaussKruger3Degree make
// them.
type CRS struct {
	Name string
	// EPSG is the code in the EPSG dataset, 0 where it has none.
	EPSG      int
	Datum     Datum
	Ellipsoid Ellipsoid
	// Projected is false for longitude and latitude in degrees; the parameters
	// below are then zero. A projected system is a transverse Mercator (which
	// Gauss–Krüger is with scale 1).
	Projected                                  bool
	CentralMeridianDeg, LatitudeOfOriginDeg    float64
	FalseEastingM, FalseNorthingM, ScaleFactor float64
	// ZoneWidthDeg is 3 or 6, or 0 where the system belongs to no zone scheme
	// (a local meridian) or its width cannot be known.
	ZoneWidthDeg int
	// Zone is the number in the scheme: 37 for the 3° zone of 111°E, 19 for the
	// 6° zone of the same meridian, 49 for its UTM zone. 0 where unknown.
	Zone int
	// ZonePrefixed says that eastings begin with the zone number:
	// 37 400 000 rather than 400 000.
	ZonePrefixed bool
}

// AcceptedAsCGCS2000 says whether coordinates of this system are taken as
// CGCS2000 without a transformation: CGCS2000 itself, WGS 84 and the ITRF
// frames, which agree with it to a metre or better.
func (c CRS) AcceptedAsCGCS2000() bool {
	switch c.Datum {
	case DatumCGCS2000, DatumWGS84, DatumITRF:
		return true
	}
	return false
}

// A DatumError says that coordinates rest on a datum that is not taken as
// CGCS2000 and cannot be moved to it without transformation parameters.
type DatumError struct{ CRS CRS }

func (e *DatumError) Error() string {
	return fmt.Sprintf("%s is on datum %q, which needs transformation parameters to reach CGCS2000", e.CRS.Name, e.CRS.Datum)
}

// GaussKruger3Degree is the CGCS2000 3° Gauss–Krüger zone that a longitude in
// degrees lies in; a longitude on the border of two zones belongs to the
// eastern one. From 73.5°E to 136.5°E it is the national system with zone
// prefix (EPSG 4513 to 4533); elsewhere a local one on the nearest multiple of
// three degrees, false easting 500 km, without EPSG code.
func GaussKruger3Degree(lonDeg float64) CRS {
	lon := math.Mod(lonDeg, 360)
	switch {
	case lon < -180:
		lon += 360
	case lon >= 180:
		lon -= 360
	}
	z := int(math.Floor(lon/3 + 0.5))
	if 25 <= z && z <= 45 {
		return gaussKruger(familyCGCS2000, 3, z, true)
	}
	zone := z
	if zone < 1 {
		zone += 120
	}
	return CRS{
		Name:  fmt.Sprintf("CGCS2000 / 3-degree Gauss-Kruger CM %s", meridianName(float64(3*z))),
		Datum: DatumCGCS2000, Ellipsoid: ellipsoidCGCS2000, Projected: true,
		CentralMeridianDeg: float64(3 * z), FalseEastingM: 500000, ScaleFactor: 1,
		ZoneWidthDeg: 3, Zone: zone,
	}
}

// meridianName writes a meridian as EPSG names do: 111E, 108.5E, 51W.
func meridianName(deg float64) string {
	if deg < 0 {
		return fmt.Sprintf("%gW", -deg)
	}
	return fmt.Sprintf("%gE", deg)
}
