package sample

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/twpayne/go-geom"
)

// A property is one member of a feature's properties; their order is kept.
type property struct {
	name  string
	value any
}

// A featureCollection is a GeoJSON file (RFC 7946: longitude and latitude in
// degrees), one feature a line.
type featureCollection struct {
	buffer bytes.Buffer
	rows   int
	err    error
}

func (f *featureCollection) row(ground Region, properties ...property) {
	if f.rows++; f.rows > 1 {
		f.buffer.WriteString(",\n")
	}
	geometry, err := geoJSON(ground)
	if err != nil {
		f.err = fmt.Errorf("row %d: %w", f.rows, err)
		return
	}
	f.buffer.WriteString(`{"type":"Feature","properties":{`)
	for i, p := range properties {
		if i > 0 {
			f.buffer.WriteByte(',')
		}
		name, _ := json.Marshal(p.name)
		value, err := json.Marshal(p.value)
		if err != nil {
			f.err = fmt.Errorf("row %d, %s: %w", f.rows, p.name, err)
			return
		}
		fmt.Fprintf(&f.buffer, "%s:%s", name, value)
	}
	fmt.Fprintf(&f.buffer, `},"geometry":%s}`, geometry)
}

func (f *featureCollection) file(name string) (File, error) {
	if f.err != nil {
		return File{}, fmt.Errorf("%s: %w", name, f.err)
	}
	data := []byte("{\"type\":\"FeatureCollection\",\"features\":[\n")
	data = append(data, f.buffer.Bytes()...)
	return File{name, append(data, "\n]}\n"...)}, nil
}

// geoJSON is the region as a MultiPolygon. A millionth of a degree is written
// whole, so the file holds the region exactly.
func geoJSON(r Region) (json.RawMessage, error) {
	mp, err := r.multiPolygon(func(lon, lat float64) (x, y float64) { return lon, lat })
	if err != nil {
		return nil, err
	}
	b := []byte(`{"type":"MultiPolygon","coordinates":[`)
	for i := range mp.NumPolygons() {
		b = appendPolygon(separated(b, i), mp.Polygon(i))
	}
	return append(b, "]}"...), nil
}

func appendPolygon(b []byte, p *geom.Polygon) []byte {
	b = append(b, '[')
	for i := range p.NumLinearRings() {
		b = append(separated(b, i), '[')
		for j, at := range p.LinearRing(i).Coords() {
			b = append(separated(b, j), '[')
			b = strconv.AppendFloat(b, at[0], 'f', -1, 64)
			b = append(b, ',')
			b = strconv.AppendFloat(b, at[1], 'f', -1, 64)
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

func separated(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// grasslands is the grassland out of the land survey.
func (c *County) grasslands() (File, error) {
	var f featureCollection
	for i, z := range c.Grassland {
		f.row(z.Ground, property{"TBBH", fmt.Sprintf("%05d", i+1)}, property{"DLBM", z.Code}, property{"DLMC", landName[z.Code]},
			property{"QSXZ", "30"})
	}
	return f.file("grassland.geojson")
}

// waterSources is the environment office's layer of drinking-water zones.
func (c *County) waterSources() (File, error) {
	var f featureCollection
	for _, z := range c.Water {
		f.row(z.Ground, property{"MC", z.Name}, property{"JB", z.Code}, property{"LX", "地下水型"})
	}
	return f.file("water_source.geojson")
}

// divisions are the townships, which cover the county.
func (c *County) divisions() (File, error) {
	var f featureCollection
	for _, t := range c.Townships {
		f.row(t.Ground, property{"XZQDM", t.Code}, property{"XZQMC", t.Name})
	}
	return f.file("division.geojson")
}
