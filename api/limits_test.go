package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/ingest/record"
)

// The service shows the limits that the readers hold to, and its operator's own.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *api.Deps) { d.MaxUploadBytes = 12345 })
	got := want[api.Limits](t, s.get("/v1/limits"), http.StatusOK)
	if held := record.Shown(record.DefaultLimits(), 12345); !slices.Equal(got.Items, held) {
		t.Errorf("got %+v, want %+v", got.Items, held)
	}
}
