package ogc

import (
	"fmt"
	"math"
	"strconv"

	"github.com/taohe-gis/taohe/geo"
)

// A tileMatrixSet is a way to cut the earth into squares: halved again and
// again from the matrix 0.
type tileMatrixSet struct {
	id, title string
	// uri is where others define it; "" where nobody does.
	uri, crs string
	srid     int
	axes     [2]string
	// side is that of a tile of matrix 0, left and top its first corner, and
	// wide how many tiles it has from left to right; there is one from top to bottom.
	side, left, top float64
	wide            int
	// metresPerUnit is that of the system at the equator.
	metresPerUnit float64
	// levelOfFirst is the level of the generalised copies that matrix 0 shows: of as
	// many pixels around the equator.
	levelOfFirst int
	// lonLat turns a corner into degrees.
	lonLat func(x, y float64) (lon, lat float64)
}

const (
	tilePixels = 256
	maxMatrix  = 22
	// earthRadiusM is that of the CGCS2000 ellipsoid and of WGS 84.
	earthRadiusM = 6378137.0
	// pixelM is what the standard takes a pixel for.
	pixelM = 0.00028
)

// tileMatrixSets are those that tiles are made of. The second is 天地图's grid of
// longitudes and latitudes, whose level n+1 is our matrix n.
var tileMatrixSets = []tileMatrixSet{
	{
		id: "WebMercatorQuad", title: "Web 墨卡托", uri: "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
		crs: fmt.Sprintf(epsgURI, 3857), srid: 3857, axes: [2]string{"X", "Y"},
		side: 2 * math.Pi * earthRadiusM, left: -math.Pi * earthRadiusM, top: math.Pi * earthRadiusM, wide: 1, metresPerUnit: 1,
		lonLat: func(x, y float64) (lon, lat float64) {
			return x / earthRadiusM * 180 / math.Pi, math.Atan(math.Sinh(y/earthRadiusM)) * 180 / math.Pi
		},
	},
	{
		id: "CGCS2000Quad", title: "2000 国家大地坐标系经纬度（天地图 c）", crs: storageURI, srid: geo.StoreSRID, axes: [2]string{"Lat", "Lon"},
		side: 180, left: -180, top: 90, wide: 2, metresPerUnit: earthRadiusM * math.Pi / 180, levelOfFirst: 1,
		lonLat: func(x, y float64) (lon, lat float64) { return x, y },
	},
}

// A tile is a square of a set.
type tile struct {
	of               *tileMatrixSet
	matrix, row, col int
}

// parseTile takes the place of a tile from an address; it is not there when one
// of the numbers is none, or too large.
func (m *tileMatrixSet) parseTile(matrix, row, col string) (t tile, exists bool) {
	var n [3]int
	for i, s := range []string{matrix, row, col} {
		v, err := strconv.Atoi(s)
		if err != nil || v < 0 || strconv.Itoa(v) != s {
			return t, false
		}
		n[i] = v
	}
	t = tile{m, n[0], n[1], n[2]}
	return t, t.matrix <= maxMatrix && t.row < 1<<t.matrix && t.col < m.wide<<t.matrix
}

// box is the square in the set's own system.
func (t tile) box() (left, bottom, right, top float64) {
	side := t.of.side / float64(int(1)<<t.matrix)
	left, top = t.of.left+float64(t.col)*side, t.of.top-float64(t.row)*side
	return left, top - side, left + side, top
}

// ground is the square in degrees, with a part of its side around it.
func (t tile) ground(margin float64) extent {
	left, bottom, right, top := t.box()
	m := margin * (right - left)
	var e extent
	e.West, e.South = t.of.lonLat(left-m, bottom-m)
	e.East, e.North = t.of.lonLat(right+m, top+m)
	return e
}

// at is the tile of a matrix in which a point lies.
func (m *tileMatrixSet) at(matrix int, lon, lat float64) tile {
	n := 1 << matrix
	x, y := (lon+180)/360*float64(m.wide*n), (90-lat)/180*float64(n)
	if m.srid == 3857 {
		y = (1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2 * float64(n)
	}
	inside := func(v float64, count int) int { return min(max(int(math.Floor(v)), 0), count-1) }
	return tile{m, matrix, inside(y, n), inside(x, m.wide*n)}
}

// tileRows is how many rows of a layer without generalised copies a tile may hold,
// spread evenly. A matrix whose tiles would hold more is not offered until there
// are: they would be slow and large, and nothing could be told apart in them.
const tileRows = 2000

// fewRows is how many rows any tile may hold, be they ever so small in it.
const fewRows = 600

// firstMatrix is the first that is offered for so many rows on some ground.
func (m *tileMatrixSet) firstMatrix(rows int, ground extent) int {
	for matrix := range maxMatrix {
		e := m.at(matrix, ground.West, ground.North).ground(0)
		share := min((e.East-e.West)/(ground.East-ground.West), 1) * min((e.North-e.South)/(ground.North-ground.South), 1)
		if float64(rows)*share <= tileRows {
			return matrix
		}
	}
	return maxMatrix
}

// A tileMatrixLimit says which tiles of a matrix there are.
type tileMatrixLimit struct {
	TileMatrix string `json:"tileMatrix"`
	MinTileRow int    `json:"minTileRow"`
	MaxTileRow int    `json:"maxTileRow"`
	MinTileCol int    `json:"minTileCol"`
	MaxTileCol int    `json:"maxTileCol"`
}

// limits are the tiles of a set in which a collection lies.
func (m *tileMatrixSet) limits(s snapshot) []tileMatrixLimit {
	all := []tileMatrixLimit{}
	if s.reach == nil {
		return all
	}
	for matrix := m.firstMatrix(s.rowsWithoutCopies(), *s.reach); matrix <= maxMatrix; matrix++ {
		first, last := m.at(matrix, s.reach.West, s.reach.North), m.at(matrix, s.reach.East, s.reach.South)
		all = append(all, tileMatrixLimit{strconv.Itoa(matrix), first.row, last.row, first.col, last.col})
	}
	return all
}

// has says whether a tile is among those.
func (t tile) has(limits []tileMatrixLimit) bool {
	for _, l := range limits {
		if l.TileMatrix == strconv.Itoa(t.matrix) {
			return l.MinTileRow <= t.row && t.row <= l.MaxTileRow && l.MinTileCol <= t.col && t.col <= l.MaxTileCol
		}
	}
	return false
}

type tileMatrixSetJSON struct {
	ID           string           `json:"id"`
	Title        string           `json:"title"`
	URI          string           `json:"uri,omitempty"`
	CRS          string           `json:"crs"`
	OrderedAxes  [2]string        `json:"orderedAxes"`
	TileMatrices []tileMatrixJSON `json:"tileMatrices"`
	Links        []link           `json:"links,omitempty"`
}

type tileMatrixJSON struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"`
	CornerOfOrigin   string     `json:"cornerOfOrigin"`
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"`
	TileWidth        int        `json:"tileWidth"`
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      int        `json:"matrixWidth"`
	MatrixHeight     int        `json:"matrixHeight"`
}

// describe is the set as the standard writes one.
func (m *tileMatrixSet) describe() tileMatrixSetJSON {
	v := tileMatrixSetJSON{ID: m.id, Title: m.title, URI: m.uri, CRS: m.crs, OrderedAxes: m.axes}
	origin := [2]float64{m.left, m.top}
	if m.axes[0] == "Lat" {
		origin = [2]float64{m.top, m.left}
	}
	for matrix := range maxMatrix + 1 {
		cell := m.side / tilePixels / float64(int(1)<<matrix)
		v.TileMatrices = append(v.TileMatrices, tileMatrixJSON{
			ID: strconv.Itoa(matrix), ScaleDenominator: cell * m.metresPerUnit / pixelM, CellSize: cell, CornerOfOrigin: "topLeft", PointOfOrigin: origin,
			TileWidth: tilePixels, TileHeight: tilePixels, MatrixWidth: m.wide << matrix, MatrixHeight: 1 << matrix,
		})
	}
	return v
}
