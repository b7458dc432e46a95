package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/internal/watch"
)

// Tiles that are drawn are counted with their bytes, and those that a browser has.
func TestTilesAreCounted(t *testing.T) {
	t.Parallel()
	m := watch.New("test")
	s := startOn(t, pgtest.Open(t, sampletest.Loaded(t, "mining_right")), func(d *api.Deps) { d.Metrics = m })
	const tiles = "/ogc/collections/mining_right/tiles/WebMercatorQuad"
	set := want[struct {
		Limits []struct {
			Matrix string `json:"tileMatrix"`
			Row    int    `json:"minTileRow"`
			Col    int    `json:"minTileCol"`
		} `json:"tileMatrixSetLimits"`
	}](t, s.get(tiles), http.StatusOK)
	at := set.Limits[0]
	path := fmt.Sprintf("%s/%s/%d/%d", tiles, at.Matrix, at.Row, at.Col)
	drawn := s.get(path)
	if drawn.status != http.StatusOK || len(drawn.body) == 0 {
		t.Fatalf("%s: %d, %d bytes", path, drawn.status, len(drawn.body))
	}
	for range 2 {
		if a := s.get(path, "If-None-Match", drawn.header.Get("ETag")); a.status != http.StatusNotModified {
			t.Errorf("a tile that is kept: %d", a.status)
		}
	}
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`taohe_tiles_total{answer="drawn"} 1`, `taohe_tiles_total{answer="kept"} 2`, fmt.Sprintf("taohe_tile_bytes_total %d", len(drawn.body)),
	} {
		if !strings.Contains(w.Body.String(), "\n"+line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
}
