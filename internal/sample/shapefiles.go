package sample

import (
	"bytes"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/shpwrite"
)

// A File is one file of the sample folder.
type File struct {
	Name string
	Data []byte
}

// A plane is the reference system a file is delivered in.
type plane struct {
	epsg int
	prj  string
}

var (
	zone36 = plane{4524, esriPRJ("CGCS2000_3_Degree_GK_Zone_36", 36500000, 108)}
	zone37 = plane{4525, esriPRJ("CGCS2000_3_Degree_GK_Zone_37", 37500000, 111)}
	cm108  = plane{4545, esriPRJ("CGCS2000_3_Degree_GK_CM_108E", 500000, 108)}
	cm111  = plane{4546, esriPRJ("CGCS2000_3_Degree_GK_CM_111E", 500000, 111)}
)

// esriPRJ is a .prj as ArcGIS writes it.
func esriPRJ(name string, falseEasting, meridian int) string {
	return fmt.Sprintf(`PROJCS["%s",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",`+
		`SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],`+
		`PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",%d.0],PARAMETER["False_Northing",0.0],`+
		`PARAMETER["Central_Meridian",%d.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
		name, falseEasting, meridian)
}

// project is the region in the plane, in metres to a tenth of a millimetre as
// survey programs write them, with the vertices of the lattice on its edges.
func (p plane) project(r Region) (*geom.MultiPolygon, error) {
	crs, err := geo.FromEPSG(p.epsg)
	if err != nil {
		return nil, fmt.Errorf("plane of the file: %w", err)
	}
	return r.multiPolygon(func(lon, lat float64) (x, y float64) {
		x, y = crs.Forward(lon, lat)
		return math.Round(x*1e4) / 1e4, math.Round(y*1e4) / 1e4
	})
}

// multiPolygon traces the region, puts the vertices of the lattice on its
// edges and carries each through convert (degrees in).
func (r Region) multiPolygon(convert func(lon, lat float64) (x, y float64)) (*geom.MultiPolygon, error) {
	polygons, err := r.polygons()
	if err != nil {
		return nil, err
	}
	var flat []float64
	var endss [][]int
	for _, rings := range polygons {
		var ends []int
		for _, ring := range rings {
			for _, p := range withLattice(ring) {
				x, y := convert(float64(p.lon)/1e6, float64(p.lat)/1e6)
				flat = append(flat, x, y)
			}
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, endss), nil
}

// A shapefile is a layer to be written: its rows are added one by one.
type shapefile struct {
	plane plane
	layer shpwrite.Layer
	err   error
}

func (s *shapefile) row(ground Region, values ...any) {
	g, err := s.plane.project(ground)
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("layer %s, row %d: %w", s.layer.Name, len(s.layer.Rows)+1, err)
	}
	s.layer.Rows = append(s.layer.Rows, shpwrite.Row{Geometry: g, Values: values})
}

func (s *shapefile) file(name string) (File, error) {
	if s.err != nil {
		return File{}, s.err
	}
	s.layer.PRJ = s.plane.prj
	var b bytes.Buffer
	if err := shpwrite.WriteZip(&b, s.layer); err != nil {
		return File{}, err
	}
	return File{name, b.Bytes()}, nil
}

func text(name string, width int) shpwrite.Field {
	return shpwrite.Field{Name: name, Type: 'C', Width: width}
}

func number(name string, width, decimals int) shpwrite.Field {
	return shpwrite.Field{Name: name, Type: 'N', Width: width, Decimals: decimals}
}

func date(name string) shpwrite.Field { return shpwrite.Field{Name: name, Type: 'D'} }

// slashed is a date as people type it: 2021/6/30. A zero date is no text.
func slashed(d taohe.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.Time().Format("2006/1/2")
}

// orBlank is the number, or NULL where there is none.
func orBlank(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// orNull is the text, or NULL where there is none.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func rounded(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(v*scale) / scale
}
