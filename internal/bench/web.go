package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/taohe-gis/taohe/internal/bench/made"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// What the first view of the map is held to.
const (
	mostFirstViewMS    = 2000
	mostFirstViewBytes = 1_500_000
)

// seenByBrowser is what web/test/measure.mjs tells of a page.
type seenByBrowser struct {
	Name                                   string
	WorkMS, ScriptMS, SettledMS            float64
	Bytes                                  float64
	Requests                               int
	Frames                                 int
	FramesPerSecond, LongestMS, SlowestP95 float64
	Renderer                               string
}

// Web has a browser look at the map of a database as at no page before, and pan it, and
// returns tables of what the page took; more than it is held to is an error. It needs
// node, the modules of web and the browser that TAOHE_CHROMIUM names.
func Web(ctx context.Context, db Database, rounds int, progress func(string)) (string, error) {
	p, err := pipeline.New(db.Pool, pipeline.Options{})
	if err != nil {
		return "", err
	}
	defer p.Close()
	if _, err := makeCopies(ctx, db, p, false, progress); err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "taohe-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	s, err := serve(ctx, db.DSN, folder)
	if err != nil {
		return "", err
	}
	defer s.stop()
	if err := runOnce(ctx, s.url); err != nil {
		return "", err
	}
	progress("a run is there")
	root, _, err := output(ctx, "go", "env", "GOMOD")
	if err != nil {
		return "", err
	}
	script := filepath.Join(filepath.Dir(strings.TrimSpace(string(root))), "web/test/measure.mjs")
	said, _, err := output(ctx, "node", script, s.url, os.Getenv("TAOHE_CHROMIUM"), fmt.Sprint(rounds))
	if err != nil {
		return "", err
	}
	var seen []seenByBrowser
	if err := json.Unmarshal(said, &seen); err != nil {
		return "", fmt.Errorf("measure.mjs: %w: %.200s", err, said)
	}
	var views, pans [][]string
	for _, v := range seen {
		if v.Frames > 0 {
			pans = append(pans, []string{v.Name, fmt.Sprint(v.Frames), fmt.Sprintf("%.0f", v.FramesPerSecond), fmt.Sprintf("%.0f", v.SlowestP95), fmt.Sprintf("%.0f", v.LongestMS), v.Renderer})
			continue
		}
		views = append(views, []string{v.Name, fmt.Sprintf("%.0f", v.WorkMS), fmt.Sprintf("%.0f", v.ScriptMS), fmt.Sprintf("%.0f", v.SettledMS), fmt.Sprintf("%.0f", v.Bytes/1000), fmt.Sprint(v.Requests)})
		if len(views) == 1 && (v.WorkMS > mostFirstViewMS || v.Bytes > mostFirstViewBytes) {
			err = fmt.Errorf("%s: %.0f ms of work and %.0f bytes", v.Name, v.WorkMS, v.Bytes)
		}
	}
	return "First view with nothing cached, medians. Work is the processor time of the tasks of the page's main thread, as the browser counts them, script the part of it in JavaScript. The first row is held to its bounds.\n\n" +
		table([]string{"view", "work ms ≤ 2000", "script ms", "settled after ms", "kB ≤ 1500", "requests"}, views) +
		"\nPanning: the map is dragged by mouse for three seconds.\n\n" +
		table([]string{"view", "frames", "a second", "ms a frame, 95th in a hundred", "most", "renderer"}, pans), err
}

// runOnce sees that there is a complete run.
func runOnce(ctx context.Context, url string) error {
	var page struct {
		Items []struct{ Status string }
	}
	if _, err := fetch(ctx, http.DefaultClient, http.MethodGet, url+"/v1/runs?limit=1000", "", &page); err != nil {
		return err
	}
	for _, r := range page.Items {
		if r.Status == "complete" {
			return nil
		}
	}
	var run struct {
		ID     int64
		Status string
	}
	if _, err := fetch(ctx, http.DefaultClient, http.MethodPost, url+"/v1/runs", fmt.Sprintf(`{"as_of":%q}`, made.AsOf), &run); err != nil {
		return err
	}
	return until(ctx, func() (bool, error) {
		_, err := fetch(ctx, http.DefaultClient, http.MethodGet, fmt.Sprintf("%s/v1/runs/%d", url, run.ID), "", &run)
		if err == nil && (run.Status == "failed" || run.Status == "cancelled") {
			err = fmt.Errorf("run %d: %s", run.ID, run.Status)
		}
		return run.Status == "complete", err
	})
}
