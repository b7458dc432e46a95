package ogc_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	crs84     = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	epsg      = "http://www.opengis.net/def/crs/EPSG/0/"
	cgcs2000  = epsg + "4490"
	zone37    = epsg + "4525" // of 111°E, eastings begin with 37
	zone36cm  = epsg + "4545" // of 108°E, without
	zone25    = epsg + "4513" // of 75°E, far away
	webSystem = epsg + "3857"
)

// corner is whether a feature has a corner there, within a tenth of a
// millimetre.
func (f feature) corner(x, y, within float64) bool {
	for _, polygon := range f.Geometry.Coordinates {
		for _, ring := range polygon {
			if slices.ContainsFunc(ring, func(p [2]float64) bool { return math.Abs(p[0]-x) <= within && math.Abs(p[1]-y) <= within }) {
				return true
			}
		}
	}
	return false
}

// spring is the first grade of 清泉, a rectangle whose south-west corner is
// 110.27°E, 40.348°N.
func (s *server) spring(pairs ...string) (feature, answer) {
	s.Helper()
	a := s.get("/collections/water_source/items" + query(append(pairs, "filter", "name LIKE '%清泉%' AND grade = '1'")...))
	c := want[featureCollection](s, a)
	if len(c.Features) != 1 {
		s.Fatalf("%d springs", len(c.Features))
	}
	return c.Features[0], a
}

var crsRequirements = []requirement{
	{"/req/crs/crs-uri", func(s *server) {
		for _, uri := range s.described("division").CRS {
			if !strings.HasPrefix(uri, epsg) && uri != crs84 {
				s.Errorf("%s", uri)
			}
		}
	}},
	{"/req/crs/fc-md-crs-list", func(s *server) {
		for _, id := range allCollections {
			list := s.described(id).CRS
			// CRS84, 4490, and both series of 21 zones.
			if len(list) != 44 || list[0] != crs84 || list[1] != cgcs2000 {
				s.Errorf("%s: %d systems: %v", id, len(list), list)
			}
			for code := 4513; code <= 4554; code++ {
				if !slices.Contains(list, fmt.Sprint(epsg, code)) {
					s.Errorf("%s: no %d", id, code)
				}
			}
		}
	}},
	{"/req/crs/fc-md-crs-list-global", func(s *server) { // each collection has its own list
		if _, all := s.listed(); len(all[0].CRS) != 44 {
			s.Errorf("%v", all[0].CRS)
		}
	}},
	{"/req/crs/fc-md-storageCrs", func(s *server) {
		if got := s.described("division").StorageCRS; got != cgcs2000 {
			s.Errorf("%s", got)
		}
	}},
	{"/req/crs/fc-md-storageCrs-valid-value", func(s *server) {
		if d := s.described("finding"); !slices.Contains(d.CRS, d.StorageCRS) {
			s.Errorf("%s is not in %v", d.StorageCRS, d.CRS)
		}
	}},
	{"/req/crs/fc-bbox-crs-definition", func(s *server) { uriParameter(s, "bbox-crs") }},
	{"/req/crs/fc-bbox-crs-valid-values", func(s *server) {
		for _, uri := range s.described("water_source").CRS {
			if a := s.get("/collections/water_source/items" + query("bbox", "0,0,1,1", "bbox-crs", uri)); uri == crs84 && a.status != 200 {
				s.Errorf("%s: %d", uri, a.status)
			}
		}
	}},
	{"/req/crs/fc-bbox-crs-default-value", func(s *server) {
		s.counted(2, 2, "water_source", "bbox", "110.2,40.3,110.3,40.4")
		s.counted(2, 2, "water_source", "bbox", "110.2,40.3,110.3,40.4", "bbox-crs", crs84)
	}},
	{"/req/crs/fc-bbox-crs-action", func(s *server) {
		s.counted(2, 2, "water_source", "bbox", "40.3,110.2,40.4,110.3", "bbox-crs", cgcs2000) // latitude first
		// 清泉 lies between 4467985 and 4469307 north, 37437551 and 37438836 east; its
		// first grade does not reach its edges.
		equal(s, "the middle", s.items("water_source", "bbox", "4468500,37438000,4468600,37438100", "bbox-crs", zone37).values("grade"), []string{"1"})
		equal(s, "the edge", s.items("water_source", "bbox", "4467900,37437500,4468000,37437600", "bbox-crs", zone37).values("grade"), []string{"2"})
		s.counted(0, 0, "water_source", "bbox", "4467900,37437000,4467980,37437500", "bbox-crs", zone37)
		s.counted(2, 2, "water_source", "bbox", "4470600,692800,4470700,692900", "bbox-crs", zone36cm)
	}},
	{"/req/crs/bbox-crs-exception", func(s *server) {
		for uri, box := range map[string]string{webSystem: "1,2,3,4", "EPSG:4490": "1,2,3,4"} {
			equal(s, uri, s.faults("/collections/water_source/items"+query("bbox", box, "bbox-crs", uri)), []string{"query.bbox-crs not-in-list"})
		}
		// The wrong order of axes is outside the system, and said.
		for uri, box := range map[string]string{crs84: "40,109,41,110", cgcs2000: "109,40,110,41", zone37: "37437500,4467900,37438000,4468000", zone36cm: "4467900,37437500,4468000,37437600"} {
			equal(s, uri, s.faults("/collections/water_source/items"+query("bbox", box, "bbox-crs", uri)), []string{"query.bbox filter-geometry"})
		}
	}},
	{"/req/crs/fc-crs-definition", func(s *server) { uriParameter(s, "crs") }},
	{"/req/crs/fc-crs-valid-value", func(s *server) {
		for _, uri := range s.described("water_source").CRS {
			if f, a := s.spring("crs", uri); f.Geometry == nil || a.header.Get("Content-Crs") != "<"+uri+">" {
				s.Errorf("%s: %v", uri, a.header)
			}
		}
	}},
	{"/req/crs/crs-exception", func(s *server) {
		for _, uri := range []string{webSystem, "nonsense", epsg + "4512", epsg + "4555"} {
			equal(s, uri, s.faults("/collections/water_source/items"+query("crs", uri)), []string{"query.crs not-in-list"})
			equal(s, uri, s.faults("/collections/water_source/items/"+s.items("water_source").Features[0].ID+query("crs", uri)), []string{"query.crs not-in-list"})
		}
	}},
	{"/req/crs/fc-crs-default-value", func(s *server) {
		if f, _ := s.spring(); !f.corner(110.27, 40.348, 1e-9) {
			s.Errorf("%v", f.Geometry)
		}
	}},
	{"/req/crs/fc-crs-action", func(s *server) {
		for _, tt := range []struct {
			uri           string
			first, second float64
			within        float64
		}{
			{crs84, 110.27, 40.348, 1e-9},
			{cgcs2000, 40.348, 110.27, 1e-9},
			// PROJ's tmerc on GRS80, by gdaltransform.
			{zone37, 4468426.0512, 37437979.8125, 1e-4},
			{zone36cm, 4470644.4851, 692864.7015, 1e-4},
			{zone25, 5113885.4909, 28517048.8615, 1e-3}, // 35° from its middle
		} {
			f, _ := s.spring("crs", tt.uri)
			if !f.corner(tt.first, tt.second, tt.within) {
				s.Errorf("%s: no corner %v, %v in %v", tt.uri, tt.first, tt.second, f.Geometry.Coordinates)
			}
			one := want[feature](s, s.get("/collections/water_source/items/"+f.ID+query("crs", tt.uri)))
			if fmt.Sprint(one.Geometry) != fmt.Sprint(f.Geometry) {
				s.Errorf("%s: alone it is elsewhere", tt.uri)
			}
		}
	}},
	{"/req/crs/geojson", func(s *server) { // coordinates in the order of the system, not of RFC 7946
		if f, _ := s.spring("crs", cgcs2000); !f.corner(40.348, 110.27, 1e-9) {
			s.Errorf("%v", f.Geometry)
		}
	}},
	{"/req/crs/ogc-crs-header", func(s *server) {
		f, a := s.spring()
		if one := s.get("/collections/water_source/items/" + f.ID); a.header.Get("Content-Crs") == "" || one.header.Get("Content-Crs") == "" {
			s.Errorf("%v, %v", a.header, one.header)
		}
	}},
	{"/req/crs/ogc-crs-header-value", func(s *server) {
		if _, a := s.spring("crs", zone37); a.header.Get("Content-Crs") != "<"+zone37+">" {
			s.Errorf("%v", a.header)
		}
	}},
}

func uriParameter(s *server, name string) {
	s.Helper()
	p := at(s.openapi(), "components", "parameters", name)
	if at(p, "in") != "query" || at(p, "required") != false || at(p, "schema", "type") != "string" || at(p, "schema", "format") != "uri" ||
		at(p, "style") != "form" || at(p, "explode") != false {
		s.Errorf("%v", p)
	}
}
