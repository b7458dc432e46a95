package ogc

import (
	"fmt"
	"math"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/cql2"
)

// A crs is a reference system that is spoken here.
type crs struct {
	uri, title string
	cql2.CRS
	// digits are those behind the point, to a tenth of a millimetre.
	digits             int
	centralMeridianDeg float64
}

const (
	crs84URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	epsgURI  = "http://www.opengis.net/def/crs/EPSG/0/%d"
)

// storageURI is the store's own system.
var storageURI = fmt.Sprintf(epsgURI, geo.StoreSRID)

// farthestDeg is how far from its middle a zone is offered: beyond, its formulas
// cease to hold.
const farthestDeg = 45

// systems are all reference systems, CRS84 first. CGCS2000 and WGS 84 are taken
// as one (docs/areas.md), so the first two differ in the order of axes.
var systems = func() []crs {
	all := []crs{
		{uri: crs84URI, title: "WGS 84 经度、纬度", CRS: cql2.CRS{SRID: geo.StoreSRID}, digits: 9},
		{uri: storageURI, title: "2000 国家大地坐标系 纬度、经度", CRS: cql2.CRS{SRID: geo.StoreSRID, NorthFirst: true}, digits: 9},
	}
	for code := 4513; code <= 4554; code++ {
		zone, err := geo.FromEPSG(code)
		if err != nil {
			panic(err) // a test makes them all
		}
		title := fmt.Sprintf("2000 国家大地坐标系 3 度带 %d 带", zone.Zone)
		if !zone.ZonePrefixed {
			title = fmt.Sprintf("2000 国家大地坐标系 3 度带 中央经线 %g°（不带带号）", zone.CentralMeridianDeg)
		}
		all = append(all, crs{
			uri: fmt.Sprintf(epsgURI, code), title: title, digits: 4, centralMeridianDeg: zone.CentralMeridianDeg,
			CRS: cql2.CRS{SRID: code, NorthFirst: true, Projected: true, FalseEastingM: zone.FalseEastingM},
		})
	}
	return all
}()

// systemsFor are the systems that ground can be shown in: zones not too far from
// it.
func systemsFor(ground *extent) []crs {
	var all []crs
	for _, c := range systems {
		if c.Projected && (ground == nil || math.Abs(ground.West-c.centralMeridianDeg) > farthestDeg || math.Abs(ground.East-c.centralMeridianDeg) > farthestDeg) {
			continue
		}
		all = append(all, c)
	}
	return all
}

// An extent is a box in degrees.
type extent struct{ West, South, East, North float64 }

// and is the box around both; nil is none.
func (e *extent) and(o *extent) *extent {
	switch {
	case e == nil:
		return o
	case o == nil:
		return e
	}
	return &extent{min(e.West, o.West), min(e.South, o.South), max(e.East, o.East), max(e.North, o.North)}
}
