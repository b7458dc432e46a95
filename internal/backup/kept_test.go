package backup

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

var keep = flag.Bool("keep", false, "keep a backup of the present schema, with a run and a ledger, in testdata")

// A mine of 40 hectares, and ground disturbed within it and far beyond.
const (
	keptManifest = `{"county":{"code":"159900","name":"示例旗","extent":[109,40,110,41]},"as_of":"2022-05-31","datasets":[
		{"file":"right.geojson","layer":"mining_right","vintage":"2022-05-31"},
		{"file":"patch.geojson","layer":"disturbance","vintage":"2022-05-31","footprint":[{"imaged_on":"2022-05-31","whole_county":true}]}]}`
	keptRight = `{"type":"FeatureCollection","features":[{"type":"Feature",
		"properties":{"采矿许可证号":"C1599002009071120120666","采矿权人":"西河煤矿有限公司","有效期起":"2015-01-01","有效期止":"2030-01-01","开采方式":"露天开采"},
		"geometry":{"type":"Polygon","coordinates":[[[109.5,40.5],[109.508,40.5],[109.508,40.506],[109.5,40.506],[109.5,40.5]]]}}]}`
	keptPatch = `{"type":"FeatureCollection","features":[{"type":"Feature",
		"properties":{"图斑编号":"1","许可证号":"C1599002009071120120666","影像日期":"2022-05-31","图斑类型":"采场"},
		"geometry":{"type":"Polygon","coordinates":[[[109.502,40.502],[109.512,40.502],[109.512,40.505],[109.502,40.505],[109.502,40.502]]]}}]}`
)

// Backups that were kept of earlier schemas, each with a loaded layer, a run and a
// ledger in it, restore into this program's: upgraded, and whole. A release adds one
// (-args -keep) and takes none away.
func TestKeptBackups(t *testing.T) {
	t.Parallel()
	if *keep {
		keepOne(t)
	}
	folders, err := filepath.Glob("testdata/schema-*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no backup was kept: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			dsn := pgtest.EmptyDSN(t)
			m, v, err := Restore(t.Context(), dsn, unpacked(t, folder))
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Runs) != 1 || v.Runs != 1 || v.Events < 2 || v.Head != m.Ledger.Head {
				t.Errorf("restored %+v, of %+v", v, m)
			}
			p, err := pipeline.New(pgtest.Open(t, dsn), pipeline.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			view, err := p.RunView(t.Context(), m.Runs[0].ID)
			if err != nil || view.MinesDone == 0 || len(view.Datasets) == 0 {
				t.Errorf("the run reads as %+v (%v)", view.Run, err)
			}
		})
	}
}

func keepOne(t *testing.T) {
	t.Helper()
	pool := pgtest.New(t)
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var m demo.Manifest
	if err := json.Unmarshal([]byte(keptManifest), &m); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"right.geojson": {Data: []byte(keptRight)}, "patch.geojson": {Data: []byte(keptPatch)}}
	if err := demo.Load(t.Context(), p, files, m, nil); err != nil {
		t.Fatal(err)
	}
	run, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ExecuteRun(t.Context(), run, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Feed(t.Context(), run, "甲", nil); err != nil {
		t.Fatal(err)
	}
	newest, err := pg.NewestMigration()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join("testdata", fmt.Sprintf("schema-%05d", newest))
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := Make(t.Context(), pool, folder, "kept", time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	pack(t, filepath.Join(folder, dumpName))
}

// pack replaces a dump by a compressed one: most of a small one is its list of
// contents, which pg_dump does not compress.
func pack(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(b)
	if err = errors.Join(err, w.Close(), os.WriteFile(name+".gz", packed.Bytes(), 0o600), os.Remove(name)); err != nil {
		t.Fatal(err)
	}
}

// unpacked is a kept backup as it was made.
func unpacked(t *testing.T, folder string) string {
	t.Helper()
	dir := t.TempDir()
	manifest, err := os.ReadFile(filepath.Join(folder, manifestName))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.Open(filepath.Join(folder, dumpName+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	dump, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{manifestName: manifest, dumpName: dump} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
