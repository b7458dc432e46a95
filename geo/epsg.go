package geo

import "fmt"

// An UnknownCRSError says that an EPSG code is none of those taohe takes.
type UnknownCRSError struct{ EPSG int }

func (e *UnknownCRSError) Error() string {
	return fmt.Sprintf("EPSG:%d is not a reference system taohe knows", e.EPSG)
}

// A run is a stretch of consecutive EPSG codes of one zone scheme.
type run struct{ code, firstZone, lastZone int }

// A family is the national systems on one datum: the geographic one and four
// series of Gauss–Krüger zones.
type family struct {
	name      string
	datum     Datum
	ellipsoid Ellipsoid
	epsg      int
	// prefixed and meridian are the runs with zone prefix and with plain
	// 500 km false easting. Of two runs for a zone the later one names it; the
	// earlier is deprecated.
	prefixed3, meridian3, prefixed6, meridian6 []run
}

var (
	familyCGCS2000 = family{
		"CGCS2000", DatumCGCS2000, ellipsoidCGCS2000, 4490,
		[]run{{4513, 25, 45}},
		[]run{{4534, 25, 45}},
		[]run{{4491, 13, 23}},
		[]run{{4502, 13, 23}},
	}
	familyXian1980 = family{
		"Xian 1980", DatumXian1980, ellipsoidXian1980, 4610,
		[]run{{2349, 25, 45}},
		[]run{{2370, 25, 45}},
		[]run{{2327, 13, 23}},
		[]run{{2338, 13, 23}},
	}
	familyBeijing1954 = family{
		"Beijing 1954", DatumBeijing1954, ellipsoidKrasovsky, 4214,
		[]run{{2401, 25, 45}},
		[]run{{2422, 25, 45}},
		[]run{{21413, 13, 23}},
		[]run{{21473, 13, 23}, {21453, 13, 23}},
	}
	familyNewBeijing = family{
		"New Beijing", DatumNewBeijing, ellipsoidKrasovsky, 4555,
		[]run{{4652, 25, 29}, {4766, 30, 45}},
		[]run{{4782, 25, 43}, {4812, 44, 44}, {4822, 45, 45}},
		[]run{{4568, 13, 23}},
		[]run{{4579, 13, 23}},
	}
	families = []family{familyCGCS2000, familyXian1980, familyBeijing1954, familyNewBeijing}
)

// geographicFrames are the geographic systems outside the Chinese families.
// 3D codes are taken for their two horizontal axes.
var geographicFrames = []struct {
	first, last int
	name        string
	datum       Datum
	ellipsoid   Ellipsoid
}{
	{4326, 4326, "WGS 84", DatumWGS84, ellipsoidWGS84},
	{4979, 4979, "WGS 84 (3D)", DatumWGS84, ellipsoidWGS84},
	{9053, 9057, "WGS 84 realisation", DatumWGS84, ellipsoidWGS84},
	{9755, 9755, "WGS 84 (G2139)", DatumWGS84, ellipsoidWGS84},
	{4480, 4480, "China Geodetic Coordinate System 2000 (3D)", DatumCGCS2000, ellipsoidCGCS2000},
	{4674, 4674, "SIRGAS 2000", DatumITRF, ellipsoidGRS80},
	{4989, 4989, "SIRGAS 2000 (3D)", DatumITRF, ellipsoidGRS80},
	{7900, 7912, "ITRF realisation (3D)", DatumITRF, ellipsoidGRS80},
	{8988, 9000, "ITRF realisation", DatumITRF, ellipsoidGRS80},
	{9003, 9003, "IGS97", DatumITRF, ellipsoidGRS80},
	{9006, 9006, "IGS00", DatumITRF, ellipsoidGRS80},
	{9012, 9012, "IGS05", DatumITRF, ellipsoidGRS80},
	{9014, 9014, "IGS08", DatumITRF, ellipsoidGRS80},
	{9019, 9019, "IGS14", DatumITRF, ellipsoidGRS80},
	{9989, 9989, "ITRF2020 (3D)", DatumITRF, ellipsoidGRS80},
	{9990, 9990, "ITRF2020", DatumITRF, ellipsoidGRS80},
}

// utmSeries are the UTM zones taohe takes.
var utmSeries = []struct {
	run
	name      string
	south     bool
	datum     Datum
	ellipsoid Ellipsoid
}{
	{run{32601, 1, 60}, "WGS 84", false, DatumWGS84, ellipsoidWGS84},
	{run{32701, 1, 60}, "WGS 84", true, DatumWGS84, ellipsoidWGS84},
	{run{31965, 11, 22}, "SIRGAS 2000", false, DatumITRF, ellipsoidGRS80},
	{run{6210, 23, 24}, "SIRGAS 2000", false, DatumITRF, ellipsoidGRS80},
	{run{31977, 17, 25}, "SIRGAS 2000", true, DatumITRF, ellipsoidGRS80},
	{run{5396, 26, 26}, "SIRGAS 2000", true, DatumITRF, ellipsoidGRS80},
}

// FromEPSG is the reference system of an EPSG code: CGCS2000, Xian 1980,
// Beijing 1954 and New Beijing (geographic, 3° and 6° Gauss–Krüger, with zone
// prefix and by central meridian), WGS 84 and its UTM zones, SIRGAS 2000 and
// its UTM zones, and the ITRF and IGS frames. A deprecated code gives the system
// that took its place. Any other code returns an *UnknownCRSError. Parameters are those of the EPSG dataset.
func FromEPSG(code int) (CRS, error) {
	for _, f := range families {
		if c, ok := f.find(code); ok {
			return c, nil
		}
	}
	for _, g := range geographicFrames {
		if g.first <= code && code <= g.last {
			return CRS{Name: g.name, EPSG: code, Datum: g.datum, Ellipsoid: g.ellipsoid}, nil
		}
	}
	for _, u := range utmSeries {
		if z := u.firstZone + code - u.code; u.code <= code && z <= u.lastZone {
			return utm(u.name, u.datum, u.ellipsoid, z, u.south, code), nil
		}
	}
	return CRS{}, &UnknownCRSError{EPSG: code}
}

func (f family) find(code int) (CRS, bool) {
	if code == f.epsg {
		return f.geographic(), true
	}
	for _, s := range []struct {
		runs     []run
		width    int
		prefixed bool
	}{{f.prefixed3, 3, true}, {f.meridian3, 3, false}, {f.prefixed6, 6, true}, {f.meridian6, 6, false}} {
		for _, r := range s.runs {
			if z := r.firstZone + code - r.code; r.code <= code && z <= r.lastZone {
				return gaussKruger(f, s.width, z, s.prefixed), true
			}
		}
	}
	return CRS{}, false
}

func (f family) geographic() CRS {
	name := f.name
	if f.datum == DatumCGCS2000 {
		name = "China Geodetic Coordinate System 2000"
	}
	return CRS{Name: name, EPSG: f.epsg, Datum: f.datum, Ellipsoid: f.ellipsoid}
}

// gaussKruger builds a zone of a family. A zone outside China's has no EPSG
// code.
func gaussKruger(f family, width, zone int, prefixed bool) CRS {
	c := CRS{
		Datum: f.datum, Ellipsoid: f.ellipsoid, Projected: true,
		FalseEastingM: 500000, ScaleFactor: 1,
		ZoneWidthDeg: width, Zone: zone, ZonePrefixed: prefixed,
	}
	scheme, runs := "3-degree Gauss-Kruger", f.meridian3
	c.CentralMeridianDeg = float64(3 * zone)
	if width == 6 {
		scheme, runs = "Gauss-Kruger", f.meridian6
		c.CentralMeridianDeg = float64(6*zone - 3)
	}
	if c.CentralMeridianDeg > 180 {
		c.CentralMeridianDeg -= 360
	}
	label := "CM " + meridianName(c.CentralMeridianDeg)
	if prefixed {
		c.FalseEastingM += float64(zone) * 1e6
		label = fmt.Sprintf("zone %d", zone)
		runs = f.prefixed3
		if width == 6 {
			runs = f.prefixed6
		}
	}
	c.Name = f.name + " / " + scheme + " " + label
	for _, r := range runs {
		if r.firstZone <= zone && zone <= r.lastZone {
			c.EPSG = r.code + zone - r.firstZone
		}
	}
	return c
}

func utm(name string, d Datum, e Ellipsoid, zone int, south bool, code int) CRS {
	c := CRS{
		Name: fmt.Sprintf("%s / UTM zone %dN", name, zone), EPSG: code, Datum: d, Ellipsoid: e,
		Projected: true, CentralMeridianDeg: float64(6*zone - 183),
		FalseEastingM: 500000, ScaleFactor: 0.9996, ZoneWidthDeg: 6, Zone: zone,
	}
	if south {
		c.Name = fmt.Sprintf("%s / UTM zone %dS", name, zone)
		c.FalseNorthingM = 1e7
	}
	return c
}
