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

// writeBenchZip writes the shapefile record by record (Esri, ESRI Shapefile
// Technical Description, 1998), so that any count fits into memory: random
// polygons some 600 m across, 40 corners and the closing one each, with a
// number as their only attribute.
func writeBenchZip(path string, rows int) error {
	const content = 4 + 32 + 4 + 4 + 4 + 16*(benchCorners+1)
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
		b = binary.BigEndian.AppendUint32(b, content/2)
		return appendBenchPolygon(b, rng)
	}
	shx := func(i int, b []byte) []byte {
		b = binary.BigEndian.AppendUint32(b, uint32((100+i*(8+content))/2))
		return binary.BigEndian.AppendUint32(b, content/2)
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
		{"polygons.prj", []byte(prj37), none},
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

// appendBenchPolygon appends the content of one record: a star of 40 corners,
// clockwise.
func appendBenchPolygon(b []byte, rng *rand.Rand) []byte {
	x, y := 37_310_000+180_000*rng.Float64(), 4_410_000+180_000*rng.Float64()
	var xy [2*benchCorners + 2]float64
	for i := range benchCorners {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / benchCorners)
		r := 200 + 200*rng.Float64()
		// Surveys are kept to the tenth of a millimetre at best.
		xy[2*i], xy[2*i+1] = math.Round(1e4*(x+r*cos))/1e4, math.Round(1e4*(y+r*sin))/1e4
	}
	xy[2*benchCorners], xy[2*benchCorners+1] = xy[0], xy[1]
	b = binary.LittleEndian.AppendUint32(b, 5)
	for _, v := range []float64{x - 400, y - 400, x + 400, y + 400} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	for _, v := range []uint32{1, benchCorners + 1, 0} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, v := range xy {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}
