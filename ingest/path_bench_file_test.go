package ingest_test

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
)

// A benchShape is how the polygons of a made shapefile look: stars of that many
// corners around places in a box, in the system of a .prj.
type benchShape struct {
	prj                      string
	corners                  int
	west, south, east, north float64 // where their middles lie
	radiusX, radiusY         float64 // half to all of it
	decimals                 float64 // as surveys are kept
}

// planeStars has edges of some 85 m, many of which are split; degreeStars has about as
// many corners as planeStars has points once it is split.
var (
	planeStars  = benchShape{prj37, 40, 37_310_000, 4_410_000, 37_490_000, 4_590_000, 400, 400, 1e4}
	degreeStars = benchShape{prjDegrees, 66, 109, 39.9, 110.9, 41.4, 0.0012, 0.0009, 1e9}
)

// writeBenchZip writes the shapefile record by record (Esri, ESRI Shapefile
// Technical Description, 1998), so that any count fits into memory: random
// polygons with a number as their only attribute.
func writeBenchZip(path string, shape benchShape, rows int) error {
	content := 4 + 32 + 4 + 4 + 4 + 16*(shape.corners+1)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	zw := zip.NewWriter(f)
	zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	rng := rand.New(rand.NewPCG(40, 41))
	shp := func(i int, b []byte) []byte {
		b = binary.BigEndian.AppendUint32(b, uint32(i+1))
		b = binary.BigEndian.AppendUint32(b, uint32(content/2))
		return shape.append(b, rng)
	}
	shx := func(i int, b []byte) []byte {
		b = binary.BigEndian.AppendUint32(b, uint32((100+i*(8+content))/2))
		return binary.BigEndian.AppendUint32(b, uint32(content/2))
	}
	dbf := func(i int, b []byte) []byte { return fmt.Appendf(b, " %10d", i+1) }
	none := func(_ int, b []byte) []byte { return b }
	for _, part := range []struct {
		name string
		head []byte
		row  func(i int, b []byte) []byte
	}{
		{"polygons.shp", benchShapeHeader(100 + rows*(8+content)), shp},
		{"polygons.shx", benchShapeHeader(100 + rows*8), shx},
		{"polygons.dbf", benchTableHeader(rows), dbf},
		{"polygons.prj", []byte(shape.prj), none},
	} {
		w, err := zw.Create(part.name)
		if err != nil {
			return err
		}
		buffered := bufio.NewWriter(w)
		_, _ = buffered.Write(part.head) // a bufio.Writer keeps its first error for Flush
		var b []byte
		for i := range rows {
			b = part.row(i, b[:0])
			_, _ = buffered.Write(b)
		}
		if err := buffered.Flush(); err != nil {
			return err
		}
	}
	return zw.Close()
}

// benchShapeHeader is the head of a .shp or .shx of the given size.
func benchShapeHeader(bytes int) []byte {
	h := make([]byte, 100)
	binary.BigEndian.PutUint32(h, 9994)
	binary.BigEndian.PutUint32(h[24:], uint32(bytes/2))
	binary.LittleEndian.PutUint32(h[28:], 1000)
	binary.LittleEndian.PutUint32(h[32:], 5)
	for i, v := range []float64{37_300_000, 4_400_000, 37_500_000, 4_600_000} {
		binary.LittleEndian.PutUint64(h[36+8*i:], math.Float64bits(v))
	}
	return h
}

// benchTableHeader is the head of a .dbf with one field, a number of ten digits.
func benchTableHeader(rows int) []byte {
	h := []byte{3, 80, 1, 1}
	h = binary.LittleEndian.AppendUint32(h, uint32(rows))
	h = binary.LittleEndian.AppendUint16(h, 32+32+1)
	h = binary.LittleEndian.AppendUint16(h, 11)
	h = append(h, make([]byte, 20)...)
	field := [32]byte{'T', 'B', 'B', 'H', 11: 'N', 16: 10}
	return append(append(h, field[:]...), 0x0D)
}

// append appends the content of one record: a star, clockwise.
func (s benchShape) append(b []byte, rng *rand.Rand) []byte {
	x, y := s.west+(s.east-s.west)*rng.Float64(), s.south+(s.north-s.south)*rng.Float64()
	xy := make([]float64, 2*s.corners+2)
	for i := range s.corners {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / float64(s.corners))
		r := 0.5 + 0.5*rng.Float64()
		xy[2*i], xy[2*i+1] = math.Round(s.decimals*(x+r*s.radiusX*cos))/s.decimals, math.Round(s.decimals*(y+r*s.radiusY*sin))/s.decimals
	}
	xy[2*s.corners], xy[2*s.corners+1] = xy[0], xy[1]
	b = binary.LittleEndian.AppendUint32(b, 5)
	for _, v := range []float64{x - s.radiusX, y - s.radiusY, x + s.radiusX, y + s.radiusY} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	for _, v := range []uint32{1, uint32(s.corners) + 1, 0} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, v := range xy {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}
