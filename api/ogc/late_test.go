package ogc_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/api"
)

// Who waits for an execution longer than a request may is told that it goes on, and
// where: nobody is to begin it again.
func TestWaitedTooLong(t *testing.T) {
	t.Parallel()
	s := startEmpty(t) // nobody works
	s.county()
	hasty := startWith(t, s, func(d *api.Deps) { d.RequestTimeout = 400 * time.Millisecond })
	a := hasty.do(http.MethodPost, hasty.base+"/processes/overlay/execution", `{"inputs":{"as_of":"2022-05-31"}}`, "Content-Type", "application/json")
	if a.status != http.StatusServiceUnavailable || !strings.Contains(string(a.body), `"execution-under-way"`) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var monitor string
	for _, link := range a.header.Values("Link") {
		if address, isOne := strings.CutSuffix(strings.TrimPrefix(link, "<"), `>; rel=monitor; type="application/json"`); isOne {
			monitor = address
		}
	}
	if job := want[struct{ Status string }](hasty, hasty.get(monitor)); job.Status != "accepted" {
		t.Errorf("%s: %+v", monitor, job)
	}
}

// Behind a proxy an input refers to a feature by the address that others know.
func TestReferredBehindProxy(t *testing.T) {
	t.Parallel()
	base, err := api.ParseBaseURL("https://gis.example.cn/taohe/")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t)
	behind := startWith(t, s, func(d *api.Deps) { d.BaseURL = base })
	feature := want[featureCollection](behind, behind.get("/collections/mining_right/items?limit=1")).Features[0]
	item := "/collections/mining_right/items/" + feature.ID
	for href, good := range map[string]bool{
		"https://gis.example.cn/taohe/ogc" + item:      true,
		"/taohe/ogc" + item:                            true,
		"https://gis.example.cn/ogc" + item:            false,
		"https://gis.example.cn/taohe/v1/mines":        false,
		"https://gis.example.cn/taohe@evil/ogc" + item: false,
	} {
		a := behind.do(http.MethodPost, behind.base+"/processes/check/execution", `{"inputs":{"as_of":"2022-05-31","geojson":{"href":"`+href+`"}}}`, "Content-Type", "application/json")
		if (a.status == http.StatusOK) != good || !good && !strings.Contains(string(a.body), "bad-reference") {
			t.Errorf("%s: %d %.300s", href, a.status, a.body)
		}
	}
}
