package api_test

import (
	"bytes"
	"errors"
	"image/png"
	"net/http"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/report/drawing"
)

// maps checks the map of a mine: its media types, its size, and that it is the
// same each time.
func (s *service) maps(licence string) {
	s.Helper()
	path := "/v1/mines/" + licence + "/map"
	if _, err := drawing.FindFont("", drawing.Places); errors.Is(err, drawing.ErrNoFont) {
		wantProblem(s.T, s.get(path), http.StatusNotImplemented, "font-missing")
		return
	}
	for _, tt := range []struct{ query, accept, kind, name, begins string }{
		{"", "", "image/png", licence + "-map.png", "\x89PNG"},
		{"", "application/pdf", "application/pdf", licence + "-map.pdf", "%PDF-"},
		{"?format=pdf&paper=A3", "image/png", "application/pdf", licence + "-map.pdf", "%PDF-"},
	} {
		a := s.get(path+tt.query, "Accept", tt.accept)
		if a.status != http.StatusOK || a.header.Get("Content-Type") != tt.kind || a.header.Get("Content-Disposition") != `attachment; filename="`+tt.name+`"` ||
			!bytes.HasPrefix(a.body, []byte(tt.begins)) {
			s.Errorf("Accept %q, query %q: %d, %v, %.40q", tt.accept, tt.query, a.status, a.header, a.body)
		}
		if again := s.get(path+tt.query, "Accept", tt.accept); !bytes.Equal(a.body, again.body) {
			s.Errorf("Accept %q, query %q: two maps differ", tt.accept, tt.query)
		}
	}
	m, err := png.DecodeConfig(bytes.NewReader(s.get(path + "?dpi=100&orientation=portrait").body))
	if err != nil || m.Width != 827 || m.Height != 1169 { // an upright A4
		s.Errorf("map of %d by %d pixels: %v", m.Width, m.Height, err)
	}
	for _, query := range []string{"?dpi=1200", "?paper=B5", "?orientation=up", "?format=svg"} {
		wantProblem(s.T, s.get(path+query), http.StatusUnprocessableEntity, "invalid-request")
	}
	wantProblem(s.T, s.get("/v1/mines/C0000000000000000000000/map"), http.StatusNotFound, "not-found")
}

// A server whose font cannot be read says what to install, rather than drawing
// maps without letters.
func TestMapWithoutFont(t *testing.T) {
	t.Parallel()
	none := t.TempDir() + "/none.ttc"
	s := startIdle(t, func(d *api.Deps) { d.Font = none })
	wantProblem(t, s.get("/v1/mines/C0000000000000000000000/map"), http.StatusNotImplemented, "font-missing")
}
