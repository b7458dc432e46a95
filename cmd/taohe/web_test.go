//go:build unix

package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

// A browser walks the bureau's way through the page, upon a service with an empty
// database: web/test/walk.mjs says which. TAOHE_PICTURES is a folder for what it saw.
func TestWeb(t *testing.T) {
	if os.Getenv("TAOHE_WEB") == "" {
		t.Skip("long: make test-web")
	}
	chromium, err := exec.LookPath(cmp.Or(os.Getenv("TAOHE_CHROMIUM"), "chromium"))
	if err != nil {
		t.Skipf("no Chromium: %v (TAOHE_CHROMIUM names one)", err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("no Node: %v", err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, built := range []string{"web/dist/index.html", "web/node_modules/playwright-core"} {
		if _, err := os.Stat(filepath.Join(root, built)); err != nil {
			t.Skipf("the browser application is not built: %v (make web)", err)
		}
	}
	pool := pgtest.New(t)
	p := serve(t, pool.Config().ConnString(), filepath.Join(t.TempDir(), "spool"))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	walk := exec.CommandContext(ctx, node, filepath.Join(root, "web/test/walk.mjs"), p.url, filepath.Join(root, "sample-data"), chromium, os.Getenv("TAOHE_PICTURES"))
	said, err := walk.CombinedOutput()
	if err != nil {
		t.Errorf("%v; the walk said\n%s", err, said)
	}
	t.Log(strings.TrimSpace(string(said)))
}
