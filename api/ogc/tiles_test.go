package ogc_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	tileType   = "application/vnd.mapbox-vector-tile"
	tilesetRel = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	schemeRel  = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
)

type tileset struct {
	Title, DataType, CRS string
	TileMatrixSetURI     string
	Links                []struct {
		link
		Templated bool
	}
	TileMatrixSetLimits []struct {
		TileMatrix                                     string
		MinTileRow, MaxTileRow, MinTileCol, MaxTileCol int
	}
	Layers []struct {
		ID               string
		PropertiesSchema map[string]any
	}
	BoundingBox struct{ LowerLeft, UpperRight [2]float64 }
}

func (t tileset) link(relation string) string {
	for _, l := range t.Links {
		if l.Rel == relation {
			return l.Href
		}
	}
	return ""
}

func (s *server) tileset(id, set string) tileset {
	s.Helper()
	return want[tileset](s, s.get("/collections/"+id+"/tiles/"+set))
}

// decoded is a tile as GDAL reads it, which is told where it lies and gives it
// in the tile's own system.
func (s *server) decoded(body []byte, left, top, side float64) []feature {
	s.Helper()
	ogr2ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		s.Skip("no ogr2ogr: install gdal-bin")
	}
	file := filepath.Join(s.TempDir(), "0.pbf")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		s.Fatal(err)
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	out, err := exec.CommandContext(s.Context(), ogr2ogr, "-f", "GeoJSON", "/vsistdout/", "MVT:"+file, "-nlt", "MULTIPOLYGON", //nolint:gosec // our own arguments
		"-oo", "CLIP=NO", "-oo", "GEOREF_TOPX="+number(left), "-oo", "GEOREF_TOPY="+number(top), "-oo", "GEOREF_TILEDIMX="+number(side), "-oo", "GEOREF_TILEDIMY="+number(side),
		"-lco", "COORDINATE_PRECISION=9").Output()
	if err != nil {
		s.Fatalf("ogr2ogr: %v: %s", err, out)
	}
	var c featureCollection
	if err := json.Unmarshal(out, &c); err != nil {
		s.Fatalf("%v: %s", err, out)
	}
	return c.Features
}

// springs are the tiles of matrix 13 that hold the spring at 110.2725°E,
// 40.35°N, in each set, found on paper: the column is ⌊(λ+180)/360·2¹³⌋ of
// WebMercatorQuad and ⌊(λ+180)/180·2¹³⌋ of the other, the row
// ⌊(1−arsinh(tan φ)/π)/2·2¹³⌋ and ⌊(90−φ)/180·2¹³⌋.
var springs = []struct {
	set, path       string
	left, top, side float64
	west, south     float64 // of its ground, in the tile's system
	pixel           float64
}{
	// The corner 110.27°E, 40.348°N in metres is by gdaltransform.
	{"WebMercatorQuad", "/13/3090/6605", -20037508.342789244 + 6605*4891.96981025128, 20037508.342789244 - 3090*4891.96981025128, 4891.96981025128, 12275200.2498, 4916642.3090, 4891.96981025128 / 4096},
	{"CGCS2000Quad", "/13/2259/13210", -180 + 13210*180.0/8192, 90 - 2259*180.0/8192, 180.0 / 8192, 110.27, 40.348, 180.0 / 8192 / 4096},
}

var tileRequirements = []requirement{
	{"/req/core/conformance-success", func(s *server) {
		v := want[struct{ ConformsTo []string }](s, s.get("/conformance"))
		for _, c := range []string{"core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30"} {
			if !slices.Contains(v.ConformsTo, "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"+c) {
				s.Errorf("%s is not declared", c)
			}
		}
	}},
	{"/req/core/tc-op", func(s *server) {
		for _, id := range allCollections {
			if a := s.get("/collections/" + id + "/tiles/WebMercatorQuad/10/386/825"); a.status != http.StatusOK || a.header.Get("Content-Type") != tileType {
				s.Errorf("%s: %d %v", id, a.status, a.header)
			}
		}
	}},
	{"/req/core/tc-tilematrix-definition", func(s *server) { pathParameter(s, "tileMatrix", "string") }},
	{"/req/core/tc-tilerow-definition", func(s *server) { pathParameter(s, "tileRow", "integer") }},
	{"/req/core/tc-tilecol-definition", func(s *server) { pathParameter(s, "tileCol", "integer") }},
	{"/req/core/tc-success", func(s *server) {
		for _, t := range springs {
			a := s.get("/collections/water_source/tiles/" + t.set + t.path)
			found := s.decoded(a.body, t.left, t.top, t.side)
			var inner *feature
			for i, f := range found {
				if f.Properties["grade"] == "1" {
					inner = &found[i]
				}
			}
			if len(found) != 2 || inner == nil {
				s.Fatalf("%s: %+v", t.set, found)
			}
			if b := inner.bounds(); math.Abs(b[0]-t.west) > t.pixel || math.Abs(b[1]-t.south) > t.pixel {
				s.Errorf("%s: it begins at %v, %v, want %v, %v within %v", t.set, b[0], b[1], t.west, t.south, t.pixel)
			}
			if mu, _ := inner.Properties["mu"].(float64); inner.Properties["name"] != "示例旗清泉水源地" || mu < 100 {
				s.Errorf("%v", inner.Properties)
			}
		}
	}},
	{"/req/core/tc-error", func(s *server) {
		for _, path := range []string{
			"/13/0/0", "/23/0/0", "/13/3090/99999", "/13/-1/6605", "/x/0/0", "/13/3090/6605.0", "/013/3096/6605", "/0/0/1",
		} {
			if a := s.get("/collections/water_source/tiles/WebMercatorQuad" + path); a.status != http.StatusNotFound {
				s.Errorf("%s: %d", path, a.status)
			}
		}
		if a := s.get("/collections/water_source/tiles/NoneQuad/0/0/0"); a.status != http.StatusNotFound {
			s.Errorf("%d", a.status)
		}
		// Within the limits, on ground without a water source: nothing, and no error.
		empty := 0
		for _, l := range s.tileset("water_source", "WebMercatorQuad").TileMatrixSetLimits {
			if l.TileMatrix == "14" {
				for row := l.MinTileRow; row <= l.MaxTileRow; row++ {
					a := s.get(fmt.Sprintf("/collections/water_source/tiles/WebMercatorQuad/14/%d/%d", row, l.MinTileCol))
					if a.status != http.StatusOK {
						s.Errorf("%d", a.status)
					}
					if len(a.body) == 0 {
						empty++
					}
				}
			}
		}
		if empty == 0 {
			s.Error("no tile is empty")
		}
	}},
	{"/req/tileset/tileset-description", func(s *server) {
		for _, id := range allCollections {
			for _, set := range []string{"WebMercatorQuad", "CGCS2000Quad"} {
				t := s.tileset(id, set)
				if t.DataType != "vector" || len(t.Layers) != 1 || t.Layers[0].ID != id || at(t.Layers[0].PropertiesSchema, "properties", "mu", "title") == nil || t.BoundingBox.UpperRight[1] < 40 {
					s.Errorf("%s: %+v", id, t)
				}
				limits := t.TileMatrixSetLimits
				if len(limits) == 0 || limits[0].TileMatrix != "0" || limits[len(limits)-1].TileMatrix != "22" {
					s.Errorf("%s: limits %v", id, limits)
				}
			}
		}
		if c := s.tileset("forest", "CGCS2000Quad").CRS; c != cgcs2000 {
			s.Errorf("%s", c)
		}
	}},
	{"/req/tileset/tile-template", func(s *server) {
		t := s.tileset("forest", "WebMercatorQuad")
		href := strings.NewReplacer("{tileMatrix}", "10", "{tileRow}", "386", "{tileCol}", "825").Replace(t.link("item"))
		if a := s.get(href, "Accept", tileType); a.status != http.StatusOK || len(a.body) == 0 {
			s.Errorf("%s: %d", href, a.status)
		}
		if a := s.get(href, "Accept", "image/png"); a.status != http.StatusNotAcceptable {
			s.Errorf("as a picture: %d", a.status)
		}
	}},
	{"/req/tileset/tmxslink", func(s *server) {
		for set, crs := range map[string]string{"WebMercatorQuad": webSystem, "CGCS2000Quad": cgcs2000} {
			m := want[struct {
				ID, CRS      string
				OrderedAxes  []string
				TileMatrices []struct {
					ID                                               string
					ScaleDenominator, CellSize                       float64
					PointOfOrigin                                    [2]float64
					MatrixWidth, MatrixHeight, TileWidth, TileHeight int
				}
			}](s, s.get(s.tileset("forest", set).link(schemeRel)))
			if m.ID != set || m.CRS != crs || len(m.TileMatrices) != 23 {
				s.Fatalf("%+v", m)
			}
			// Annex D of the standard of tile matrix sets, of WebMercatorQuad and
			// WorldCRS84Quad, whose grid the other is.
			first, scale, cell, wide := m.TileMatrices[0], 559082264.028717, 156543.033928041, 1
			if set != "WebMercatorQuad" {
				scale, cell, wide = 279541132.014358, 0.703125, 2
			}
			if math.Abs(first.ScaleDenominator/scale-1) > 1e-12 || math.Abs(first.CellSize/cell-1) > 1e-12 || first.MatrixWidth != wide || first.MatrixHeight != 1 {
				s.Errorf("%s: %+v", set, first)
			}
			if set == "CGCS2000Quad" && (first.PointOfOrigin != [2]float64{90, -180} || m.OrderedAxes[0] != "Lat") {
				s.Errorf("origin %v, axes %v", first.PointOfOrigin, m.OrderedAxes)
			}
		}
	}},
	{"/req/tilesets-list/tileset-links", func(s *server) {
		v := want[struct{ Tilesets []tileset }](s, s.get("/collections/forest/tiles"))
		if len(v.Tilesets) != 2 {
			s.Fatalf("%+v", v)
		}
		for _, t := range v.Tilesets {
			if a := s.get(t.link("self")); a.status != http.StatusOK {
				s.Errorf("%v", t.Links)
			}
		}
	}},
	{"/req/tilesets-list/tc-tilematrixsetid-definition", func(s *server) { pathParameter(s, "tileMatrixSetId", "string") }},
	{"/req/geodata-tilesets/desc-links", func(s *server) {
		for _, id := range allCollections {
			if a := s.get(rel(s.described(id).Links, tilesetRel, "application/json")); a.status != http.StatusOK {
				s.Errorf("%s: %d", id, a.status)
			}
		}
	}},
	{"/req/geodata-tilesets/operation", func(s *server) {
		if a := s.get("/collections/nothing/tiles"); a.status != http.StatusNotFound {
			s.Errorf("%d", a.status)
		}
		for _, path := range []string{"/collections/forest/tiles", "/collections/forest/tiles/CGCS2000Quad", "/tileMatrixSets", "/tileMatrixSets/CGCS2000Quad"} {
			if a := s.get(path + "?f=html"); a.status != http.StatusOK || !strings.Contains(string(a.body), "瓦片") {
				s.Errorf("%s: %d", path, a.status)
			}
		}
	}},
	{"/req/mvt/content", func(s *server) {
		// Every finding is in the tiles of a matrix of which a pixel is 1.2 m, by its
		// name: texts stand in a tile as they are.
		var all strings.Builder
		for _, l := range s.tileset("finding", "CGCS2000Quad").TileMatrixSetLimits {
			for row := l.MinTileRow; l.TileMatrix == "12" && row <= l.MaxTileRow; row++ {
				for col := l.MinTileCol; col <= l.MaxTileCol; col++ {
					all.Write(s.get(fmt.Sprintf("/collections/finding/tiles/CGCS2000Quad/12/%d/%d", row, col)).body)
				}
			}
		}
		for _, f := range s.items("finding").Features {
			if !strings.Contains(all.String(), f.ID) {
				s.Errorf("%s of %v mu is in no tile", f.ID, f.Properties["mu"])
			}
		}
	}},
	{"/req/oas30/operation-id", func(s *server) {
		paths := at(s.openapi(), "paths")
		for path, id := range map[string]string{
			"/collections/forest/tiles":                                                    "forest.collection.vector.getTileSetsList",
			"/collections/forest/tiles/{tileMatrixSetId}":                                  "forest.collection.vector.getTileSet",
			"/collections/forest/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": "forest.collection.vector.getTile",
		} {
			if got := at(paths, path, "get", "operationId"); got != id {
				s.Errorf("%s: %v", path, got)
			}
		}
	}},
	{"/rec/core/etag", func(s *server) {
		path := "/collections/forest/tiles/WebMercatorQuad/10/386/825"
		a := s.get(path)
		tag := a.header.Get("ETag")
		if again := s.get(path, "If-None-Match", `"other", `+tag); tag == "" || again.status != http.StatusNotModified || len(again.body) != 0 {
			s.Errorf("%s: %d", tag, again.status)
		}
		if other := s.get("/collections/forest/tiles/WebMercatorQuad/10/386/826"); other.header.Get("ETag") == tag {
			s.Errorf("two tiles have the tag %s", tag)
		}
		// One that is coded is the same tile, and has a tag of its own.
		plain, coded := s.get(path, "Accept-Encoding", "identity"), s.get(path, "Accept-Encoding", "gzip")
		r, err := gzip.NewReader(bytes.NewReader(coded.body))
		if err != nil {
			s.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(body, plain.body) || len(coded.body) >= len(plain.body) || coded.header.Get("Content-Encoding") != "gzip" || plain.header.Get("Content-Encoding") != "" {
			s.Errorf("%d bytes as %q, %d as they are: %v", len(coded.body), coded.header.Get("Content-Encoding"), len(plain.body), err)
		}
		if coded.header.Get("ETag") == plain.header.Get("ETag") || !slices.Contains(coded.header.Values("Vary"), "Accept-Encoding") {
			s.Errorf("the same tag %s, or none is told that it varies (%s)", plain.header.Get("ETag"), coded.header.Values("Vary"))
		}
	}},
}

func pathParameter(s *server, name, kind string) {
	s.Helper()
	p := at(s.openapi(), "components", "parameters", name)
	if at(p, "in") != "path" || at(p, "required") != true || at(p, "schema", "type") != kind {
		s.Errorf("%v", p)
	}
}
