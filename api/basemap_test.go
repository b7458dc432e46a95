package api_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
)

// A base map is told to the page, whose policy lets its host in, for pictures alone.
func TestBaseMap(t *testing.T) {
	t.Parallel()
	urls := []string{"https://t0.tianditu.gov.cn/img_w/wmts?tk=k&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}", "https://t0.tianditu.gov.cn/cia_w/wmts?tk=k&z={z}&y={y}&x={x}"}
	m, err := api.ParseBaseMap(urls, "天地图")
	if err != nil {
		t.Fatal(err)
	}
	s := startIdle(t, func(d *api.Deps) { d.BaseMap = m })
	if got := want[api.BaseMap](t, s.get("/v1/base_map"), http.StatusOK); !reflect.DeepEqual(got, api.BaseMap{URLs: urls, Attribution: "天地图"}) {
		t.Errorf("%+v", got)
	}
	plain := startIdle(t)
	if got := want[api.BaseMap](t, plain.get("/v1/base_map"), http.StatusOK); len(got.URLs) != 0 {
		t.Errorf("by default: %+v", got)
	}
	with, without := s.plainly("/").header.Get("Content-Security-Policy"), plain.plainly("/").header.Get("Content-Security-Policy")
	if got := strings.Replace(with, " https://t0.tianditu.gov.cn", "", 1); got != without || !strings.Contains(with, "img-src 'self' data: blob: https://t0.tianditu.gov.cn;") {
		t.Errorf("policy %q", with)
	}
}

func TestBaseMapFaults(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "t0.tianditu.gov.cn/{z}/{x}/{y}", "ftp://example.org/{z}/{x}/{y}", "https://example.org/{z}/{x}", "https://example.org/{z}/{x}/{y}/{y}", "https://{z}.example.org/{x}/{y}",
		"https://*.example.org/{z}/{x}/{y}", "https://example.org;script-src/{z}/{x}/{y}", "https://a@example.org/{z}/{x}/{y}", "https:///{z}/{x}/{y}", "https://exam ple.org/{z}/{x}/{y}", "https://EXAMPLE.org/{z}/{x}/{y}",
	} {
		if m, err := api.ParseBaseMap([]string{text}, ""); err == nil {
			t.Errorf("%q is %+v", text, m)
		}
	}
}
