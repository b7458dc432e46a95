//go:build unix

package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/internal/tiffbytes"
)

// A browser sends several files at once, lays images beneath the map, compares two
// days, draws and measures, upon the sample county: web/test/images.mjs. The base map
// is a server of the test's own.
func TestWebMap(t *testing.T) {
	t.Parallel()
	walk := browser(t)
	if _, err := exec.LookPath("gdalwarp"); err != nil {
		t.Skip("no GDAL")
	}
	const mine = "C1599002017081120121295"
	pool := pgtest.Open(t, sampletest.Run(t))
	var lon, lat float64
	err := pool.QueryRow(t.Context(), `select st_x(st_centroid(geom)), st_y(st_centroid(geom)) from run_mine where licence_no = $1`, mine).Scan(&lon, &lat)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for day, dug := range map[string]float64{"2021-06-30": 0.35, "2022-05-10": 1} {
		if err := os.WriteFile(filepath.Join(folder, day+".tif"), ground(t, lon, lat, dug), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	grey := image.NewUniform(color.Gray{0xD0})
	tile := image.NewRGBA(image.Rect(0, 0, 256, 256))
	for y := range 256 {
		for x := range 256 {
			tile.Set(x, y, grey.At(x, y))
		}
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, tile); err != nil {
		t.Fatal(err)
	}
	beneath := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(picture.Bytes()) // the browser may be gone
	}))
	defer beneath.Close()
	p := serve(t, pool.Config().ConnString(), filepath.Join(t.TempDir(), "spool"), "--base-map", beneath.URL+"/{z}/{x}/{y}.png", "--base-map-attribution", "测试底图")
	walk(nil, "images.mjs", p.url, sampleData(t), folder, beneath.URL)
}

// ground is an image of made hills around a place, with a pit in it that was dug so far.
func ground(t *testing.T, lon, lat, dug float64) []byte {
	t.Helper()
	crs, err := geo.FromEPSG(4525)
	if err != nil {
		t.Fatal(err)
	}
	const width, height, pixelM = 1500, 1100, 6
	east, north := crs.Forward(lon, lat)
	m := tiffbytes.Image{
		Width: width, Height: height, Bands: 3, Tile: 256, EPSG: 4525, Projected: true, Pixel: pixelM,
		West: math.Round(east) - width*pixelM/2, North: math.Round(north) + height*pixelM/2,
	}
	m.Value = func(x, y, band int) byte {
		hill := 0.0
		for i, size := range []float64{190, 83, 37, 17, 7} {
			u, v, turn := float64(x)/size, float64(y)/size, float64(i)*1.7
			hill += size / 190 * math.Sin(u*math.Cos(turn)+v*math.Sin(turn)+1.3*math.Sin(v*0.7+turn)) * math.Sin(v*math.Cos(turn)-u*math.Sin(turn)+1.1*math.Sin(u*0.6))
		}
		colour := [3]float64{142 + 26*hill, 136 + 30*hill, 98 + 18*hill}
		// Benches of a pit: rings around the middle, bare and bright.
		far := math.Hypot(float64(x-width/2), 1.4*float64(y-height/2)) + 12*math.Sin(float64(x)/31) + 9*math.Sin(float64(y)/23)
		if far < 260*dug {
			bench := math.Mod(far, 24) / 24
			colour = [3]float64{196 - 46*bench, 178 - 44*bench, 150 - 42*bench}
		} else if far < 300*dug {
			colour = [3]float64{176 + 8*hill, 160 + 8*hill, 134 + 8*hill}
		}
		return byte(min(max(colour[band], 0), 255))
	}
	return m.Bytes()
}
