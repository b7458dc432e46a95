//go:build unix

package main

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

// The big files are written piece by piece, and their polygons are squares of
// 40 corners in the county, apart from each other, so that every row counts.
const (
	bigCorners = 40
	bigColumns = 2100
	bigStep    = 0.0008 // degrees from one to the next
	bigSide    = 0.0006
)

// bigSquare is the i-th square, clockwise and closed.
func bigSquare(i int) (ring [bigCorners + 1][2]float64) {
	west, south := 109.02+bigStep*float64(i%bigColumns), 40.005+bigStep*float64(i/bigColumns)
	for k := range ring {
		at := float64(k%10) / 10
		c := [4][2]float64{{0, at}, {at, 1}, {1, 1 - at}, {1 - at, 0}}[k/10%4]
		ring[k] = [2]float64{west + bigSide*c[0], south + bigSide*c[1]}
	}
	return ring
}

// writeBigGeoJSON writes at least that many bytes and returns the number of
// features.
func writeBigGeoJSON(path string, bytes int64) (rows int, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20) // keeps its first error for Flush
	written := int64(0)
	text := []byte(`{"type":"FeatureCollection","features":[`)
	for ; written < bytes; rows++ {
		if rows > 0 {
			text = append(text, ',', '\n')
		}
		text = fmt.Appendf(text, `{"type":"Feature","properties":{"XBH":"%d"},"geometry":{"type":"Polygon","coordinates":[[`, rows+1)
		for k, c := range bigSquare(rows) {
			if k > 0 {
				text = append(text, ',')
			}
			text = fmt.Appendf(text, "[%.9f,%.9f]", c[0], c[1])
		}
		text = append(text, "]]}}"...)
		_, _ = w.Write(text)
		written += int64(len(text))
		text = text[:0]
	}
	_, _ = w.WriteString("]}")
	return rows, w.Flush()
}

const prj4490 = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// writeBigZip writes a zipped shapefile of that many rows (Esri, ESRI Shapefile
// Technical Description, 1998) and, beside it, so much of other things that the
// archive has about the wanted size: half of that stored as it is, half
// compressed.
func writeBigZip(out io.Writer, rows int, wanted int64) error {
	const content = 4 + 32 + 4 + 4 + 4 + 16*(bigCorners+1)
	counted := &counter{w: out}
	zw := zip.NewWriter(counted)
	zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, part := range []struct {
		name string
		head []byte
		row  func(b []byte, i int) []byte
	}{
		{"forest.shp", bigShapeHead(100 + rows*(8+content)), func(b []byte, i int) []byte {
			b = binary.BigEndian.AppendUint32(b, uint32(i+1))
			b = binary.BigEndian.AppendUint32(b, content/2)
			return appendBigShape(b, bigSquare(i))
		}},
		{"forest.shx", bigShapeHead(100 + rows*8), func(b []byte, i int) []byte {
			b = binary.BigEndian.AppendUint32(b, uint32((100+i*(8+content))/2))
			return binary.BigEndian.AppendUint32(b, content/2)
		}},
		{"forest.dbf", bigTableHead(rows), func(b []byte, i int) []byte { return fmt.Appendf(b, " %10d", i+1) }},
		{"forest.prj", []byte(prj4490), func(b []byte, _ int) []byte { return b }},
	} {
		entry, err := zw.Create(part.name)
		if err != nil {
			return err
		}
		w := bufio.NewWriter(entry) // keeps its first error for Flush
		_, _ = w.Write(part.head)
		var b []byte
		for i := range rows {
			b = part.row(b[:0], i)
			_, _ = w.Write(b)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	random := rand.NewChaCha8([32]byte{1})
	for i, method := range []uint16{zip.Store, zip.Deflate} {
		left := (wanted - counted.n) / int64(2-i)
		if left <= 0 {
			break
		}
		entry, err := zw.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("影像%d.tif", i+1), Method: method})
		if err != nil {
			return err
		}
		// What cannot be compressed keeps its size.
		if _, err := io.CopyN(entry, random, left); err != nil {
			return err
		}
	}
	return zw.Close()
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// bigShapeHead is the head of a .shp or .shx of the given size.
func bigShapeHead(bytes int) []byte {
	h := make([]byte, 100)
	binary.BigEndian.PutUint32(h, 9994)
	binary.BigEndian.PutUint32(h[24:], uint32(bytes/2))
	binary.LittleEndian.PutUint32(h[28:], 1000)
	binary.LittleEndian.PutUint32(h[32:], 5)
	for i, v := range []float64{109, 40, 110.75, 40.5} {
		binary.LittleEndian.PutUint64(h[36+8*i:], math.Float64bits(v))
	}
	return h
}

// bigTableHead is the head of a .dbf with one number of ten digits.
func bigTableHead(rows int) []byte {
	h := []byte{3, 122, 1, 1}
	h = binary.LittleEndian.AppendUint32(h, uint32(rows))
	h = binary.LittleEndian.AppendUint16(h, 32+32+1)
	h = binary.LittleEndian.AppendUint16(h, 11)
	h = append(h, make([]byte, 20)...)
	field := [32]byte{'X', 'B', 'H', 11: 'N', 16: 10}
	return append(append(h, field[:]...), 0x0D)
}

func appendBigShape(b []byte, ring [bigCorners + 1][2]float64) []byte {
	b = binary.LittleEndian.AppendUint32(b, 5)
	for _, v := range []float64{ring[0][0], ring[0][1], ring[20][0], ring[20][1]} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	for _, v := range []uint32{1, bigCorners + 1, 0} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, c := range ring {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c[1]))
	}
	return b
}
