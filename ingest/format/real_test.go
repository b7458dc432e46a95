package format_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/format"
)

// TestRealFiles reads every file below the folder of public layers, which
// TAOHE_REAL names or which stands beside the repository, and holds that each
// layer is read to its end.
func TestRealFiles(t *testing.T) {
	t.Parallel()
	root := os.Getenv("TAOHE_REAL")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "real")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no public layers: %v", err)
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !slices.Contains([]string{".zip", ".geojson", ".gpkg"}, filepath.Ext(path)) {
			return err
		}
		files++
		t.Run(strings.TrimPrefix(path, root), func(t *testing.T) { readReal(t, path) })
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files below %s: %v", files, root, err)
	}
}

func readReal(t *testing.T, path string) {
	sources, closer, err := format.Open(path, format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	for _, s := range sources {
		rows, byCode := 0, map[string]int{}
		for r, err := range s.Records(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			rows++
			for _, d := range r.Diagnostics {
				byCode[d.Code]++
			}
			if r.Geometry == nil && len(r.Diagnostics) == 0 {
				t.Errorf("%s row %d: no geometry and no word why", s.Name(), r.Row)
			}
		}
		for _, d := range s.Diagnostics() {
			byCode[d.Code]++
			if d.Severity() == taohe.Refused {
				t.Errorf("%s: %s", s.Name(), d.English())
			}
		}
		if s.Rows() >= 0 && rows != s.Rows() {
			t.Errorf("%s: %d rows read, %d declared", s.Name(), rows, s.Rows())
		}
		t.Logf("%s: %d rows, %d fields, %v, %+v, %v", s.Name(), rows, len(s.Fields()), s.Encoding(), s.Reference(), byCode)
	}
}
