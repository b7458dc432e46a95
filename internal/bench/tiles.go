package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"time"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// What the tiles of land parcels are held to.
const (
	mostTileBytes    = 500_000
	mostTileMedianMS = 50
	// tilesAMatrix is how many tiles of a matrix are asked for at most, evenly over all.
	tilesAMatrix = 60
)

// tiledCollections are the land parcels.
var tiledCollections = []string{"forest", "grassland"}

// Tiles makes the generalised copies of a database where they are not made, asks the
// service for tiles of the land parcels at every zoom of both tile sets, and
// returns tables of what both take. A tile that is too large is an error.
func Tiles(ctx context.Context, db Database, rounds int, again bool, progress func(string)) (string, error) {
	p, err := pipeline.New(db.Pool, pipeline.Options{})
	if err != nil {
		return "", err
	}
	defer p.Close()
	page, err := makeCopies(ctx, db, p, again, progress)
	if err != nil {
		return "", err
	}
	spool, err := os.MkdirTemp("", "taohe-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(spool)
	asker := tileAsker{db: db, service: api.New(api.Deps{Pipeline: p, Access: access.New(db.Pool), SpoolDir: spool, Version: "bench"})}
	var rows [][]string
	var tooLarge error
	for _, collection := range tiledCollections {
		for _, set := range []string{"WebMercatorQuad", "CGCS2000Quad"} {
			matrices, err := asker.matrices(ctx, collection, set)
			if err != nil {
				return "", err
			}
			// The first tile of all opens the connection.
			if _, err := asker.get(ctx, matrices[len(matrices)-1].tiles[0]); err != nil {
				return "", err
			}
			for _, m := range matrices {
				t, err := asker.ask(ctx, m, rounds)
				if err != nil {
					return "", err
				}
				if t.bytes.most > mostTileBytes {
					tooLarge = errors.Join(tooLarge, fmt.Errorf("a tile of %s %s %s holds %.0f bytes", collection, set, m.name, t.bytes.most))
				}
				ms := func(median, p95, most float64) string { return fmt.Sprintf("%.1f · %.1f · %.1f", median, p95, most) }
				rows = append(rows, []string{
					collection, set, m.name, fmt.Sprint(len(m.tiles)), ms(t.processorMS.median, t.processorP95, t.processorMS.most),
					ms(t.clockMS.median, t.clockP95, t.clockMS.most), fmt.Sprintf("%.1f · %.1f", t.bytes.median/1000, t.bytes.most/1000), t.kept(),
				})
				progress(fmt.Sprintf("%s %s %s: %.1f ms a tile, processor %.1f ms", collection, set, m.name, t.clockMS.median, t.processorMS.median))
			}
		}
	}
	page += fmt.Sprintf("\nTiles of land parcels, none cached, each made %d times by the service in this program; at most %d tiles of a matrix, evenly over all. Milliseconds: median · 95th in a hundred · most; kB: median · most.\n\n", rounds, tilesAMatrix) +
		table([]string{"layer", "tile set", "matrix", "tiles", "processor ms, median ≤ 50", "ms by the clock", "kB, most ≤ 500", ""}, rows)
	return page, tooLarge
}

// makeCopies makes the copies that are due, of all datasets when again is set.
func makeCopies(ctx context.Context, db Database, p *pipeline.Pipeline, again bool, progress func(string)) (string, error) {
	if again {
		all, err := p.GeneralisedCopies(ctx)
		if err != nil {
			return "", err
		}
		for _, c := range all {
			if err := p.ForgetCopies(ctx, c.DatasetID); err != nil {
				return "", err
			}
		}
	}
	due, err := p.DueCopies(ctx)
	if err != nil {
		return "", err
	}
	made := make(map[int64]took)
	for _, id := range due {
		watch := stopwatchOn(ctx, db.Pool)
		if err := p.MakeCopies(ctx, id, nil); err != nil {
			return "", err
		}
		if made[id], err = watch(); err != nil {
			return "", err
		}
	}
	all, err := p.GeneralisedCopies(ctx)
	if err != nil {
		return "", err
	}
	var rows [][]string
	for _, c := range all {
		t, now := made[c.DatasetID]
		if !now {
			continue
		}
		rows = append(rows, []string{c.Layer, c.Source, fmt.Sprint(c.LastRowNo), fmt.Sprint(*c.ShapesFrom), fmt.Sprintf("%.1f", t.wall), fmt.Sprintf("%.1f", t.processor)})
		progress(fmt.Sprintf("copies of %s %s: %.1f s", c.Layer, c.Source, t.wall))
	}
	if len(rows) == 0 {
		return "Generalised copies are there (`-again` makes them anew).\n", nil
	}
	return "Generalised copies, made dataset by dataset.\n\n" +
		table([]string{"layer", "source", "rows", "rows shown from level", "seconds", "processor s"}, rows), nil
}

// A tileAsker asks the service for tiles as a map does, but for the network.
type tileAsker struct {
	db      Database
	service http.Handler
}

type tileMatrix struct {
	name  string
	tiles []string
}

func (a tileAsker) get(ctx context.Context, path string) ([]byte, error) {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1"+path, nil)
	r.RemoteAddr = "127.0.0.1:1" // this machine, where no account is needed
	w := httptest.NewRecorder()
	a.service.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d: %s", path, w.Code, w.Body)
	}
	return w.Body.Bytes(), nil
}

// matrices are those that a tileset offers, with tiles of each.
func (a tileAsker) matrices(ctx context.Context, collection, set string) ([]tileMatrix, error) {
	path := "/ogc/collections/" + collection + "/tiles/" + set
	body, err := a.get(ctx, path)
	if err != nil {
		return nil, err
	}
	var tileset struct {
		Limits []struct {
			TileMatrix                                     string
			MinTileRow, MaxTileRow, MinTileCol, MaxTileCol int
		} `json:"tileMatrixSetLimits"`
	}
	if err := json.Unmarshal(body, &tileset); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(tileset.Limits) == 0 || tileset.Limits[0].TileMatrix != "0" {
		return nil, fmt.Errorf("%s: not offered from matrix 0 on", path)
	}
	var all []tileMatrix
	for _, l := range tileset.Limits {
		m, wide := tileMatrix{name: l.TileMatrix}, l.MaxTileCol-l.MinTileCol+1
		count := wide * (l.MaxTileRow - l.MinTileRow + 1)
		some := min(count, tilesAMatrix)
		for i := range some {
			n := (2*i + 1) * count / (2 * some)
			// Rows of tiles begin shifted, or all would lie in a few columns.
			row, col := n/wide, (n+n/wide*7)%wide
			m.tiles = append(m.tiles, fmt.Sprintf("%s/%s/%d/%d", path, l.TileMatrix, l.MinTileRow+row, l.MinTileCol+col))
		}
		all = append(all, m)
	}
	return all, nil
}

// A tileTimes is what tiles took: by the clock, and of processors, which others on
// the machine do not lengthen; 0 where that cannot be told.
type tileTimes struct {
	clockMS, processorMS, bytes spread
	clockP95, processorP95      float64
}

// kept says whether tiles take no longer than they may, by processor time where that
// is known.
func (t tileTimes) kept() string {
	median := t.clockMS.median
	if t.processorMS.median > 0 {
		median = t.processorMS.median
	}
	if median > mostTileMedianMS || t.bytes.most > mostTileBytes {
		return "not kept"
	}
	return "kept"
}

func (a tileAsker) ask(ctx context.Context, m tileMatrix, rounds int) (t tileTimes, err error) {
	pids, err := connections(ctx, a.db.Pool, a.db.Pool.Config().ConnConfig.RuntimeParams["application_name"])
	if err != nil {
		return t, err
	}
	worked := func() float64 {
		sum := processorSeconds(os.Getpid())
		for _, pid := range pids {
			sum += processorSeconds(pid)
		}
		return sum
	}
	var clock, processor, bytes []float64
	for range rounds {
		for _, path := range m.tiles {
			before, start := worked(), time.Now()
			body, err := a.get(ctx, path)
			if err != nil {
				return t, err
			}
			clock = append(clock, 1000*time.Since(start).Seconds())
			processor = append(processor, 1000*(worked()-before))
			bytes = append(bytes, float64(len(body)))
		}
	}
	return tileTimes{spreadOf(clock), spreadOf(processor), spreadOf(bytes), percentile(clock, 95), percentile(processor, 95)}, nil
}

func percentile(values []float64, percent int) float64 {
	v := slices.Sorted(slices.Values(values))
	return v[(len(v)*percent-1)/100]
}
