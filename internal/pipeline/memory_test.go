package pipeline_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// A file of twice the size needs no more memory. What is looked at is the heap
// that is in use just after a collection, every thousand rows. Not parallel: it
// is that of the whole program. `make memory` does it with the largest files.
func TestLoadIsFlatInMemory(t *testing.T) {
	pool := pgtest.New(t)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if err := p.PutCounty(t.Context(), ingest.County{Code: "159900", Name: "示例旗", West: 109, South: 40, East: 110.75, North: 40.5}); err != nil {
		t.Fatal(err)
	}
	const rows = 10_000
	most := map[int]uint64{}
	for _, n := range []int{rows / 2, rows, 2 * rows} { // the first warms up
		var mu sync.Mutex
		looks := 0
		look := func(int) {
			mu.Lock()
			defer mu.Unlock()
			runtime.GC()
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			most[n] = max(most[n], stats.HeapAlloc)
			looks++
		}
		d, err := p.Import(t.Context(), ingest.Upload{
			Layer: "forest", Source: "forestry", County: "159900", Vintage: taohe.NewDate(2021, 12, 31), Path: squaresGeoJSON(t, n),
		}, look)
		if err != nil || d.RowsLoaded != int64(n) {
			t.Fatalf("%d of %d rows: %v", d.RowsLoaded, n, err)
		}
		if looks < n/2000 {
			t.Errorf("%d rows: looked %d times", n, looks)
		}
	}
	// The ground of a row alone is 110 bytes; its record and diagnostics, many
	// times that.
	if grown := int64(most[2*rows]) - int64(most[rows]); grown > 110*rows {
		t.Errorf("%d rows more use %d bytes more (%d, %d)", rows, grown, most[rows], most[2*rows])
	}
}
