package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/internal/tiffbytes"
	"github.com/taohe-gis/taohe/report/drawing"
)

// county40 is an image of the ground of the sample county.
var county40 = tiffbytes.Image{Width: 40, Height: 30, Bands: 3, EPSG: 4490, West: 109, North: 40.5, Pixel: 0.05}

func (s *service) orthophoto(file []byte, pairs ...string) answer {
	s.Helper()
	body, kind := form(s.T, file, pairs...)
	return s.do(http.MethodPost, "/v1/orthophotos", body, "Content-Type", kind)
}

func (s *service) keepsNoOrthophoto() {
	s.Helper()
	var rows int
	err := s.pool.QueryRow(s.Context(), `select (select count(*) from orthophoto) + (select count(*) from orthophoto_chunk)`).Scan(&rows)
	if err != nil || rows != 0 {
		s.Errorf("%d rows of orthophotos are left: %v", rows, err)
	}
}

// An orthophoto is uploaded, listed, drawn upon, and deleted.
func TestOrthophotos(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gdalwarp"); err != nil {
		t.Skip("no GDAL")
	}
	s, m, _, _ := startWithRun(t)
	const mine = "/v1/mines/C1599002009071120120666/map?dpi=72&orthophoto="
	_, noFont := drawing.FindFont("", drawing.Places)
	plain := s.get(mine + "auto")
	file := county40.Bytes()
	a := s.orthophoto(file, "county", m.County.Code, "imaged_on", "2022-05-10", "file", "@影像.tif")
	first := want[api.Orthophoto](t, a, http.StatusCreated)
	sum := sha256.Sum256(file)
	if first.Name != "影像.tif" || first.ImagedOn.String() != "2022-05-10" || first.EPSG != 4490 || first.Width != 40 || first.Bytes != int64(len(file)) ||
		first.SHA256 != hex.EncodeToString(sum[:]) || fmt.Sprintf("%.6f", first.Extent) != "[109.000000 39.000000 111.000000 40.500000]" {
		t.Errorf("%+v", first)
	}
	if got := want[api.Orthophoto](t, s.get(a.header.Get("Location")), http.StatusOK); !reflect.DeepEqual(got, first) {
		t.Errorf("%+v at its address, want %+v", got, first)
	}
	a = s.orthophoto(file, "county", m.County.Code, "imaged_on", "2022-05-10", "name", "又一次", "file", "@b.tif")
	if got := want[api.Orthophoto](t, a, http.StatusOK); !reflect.DeepEqual(got, first) || a.header.Get("Location") != "/v1/orthophotos/1" {
		t.Errorf("the same file again is %+v at %s", got, a.header.Get("Location"))
	}
	second := want[api.Orthophoto](t, s.orthophoto(append(county40.Bytes(), '!'), "county", m.County.Code, "imaged_on", "2021-05-10", "name", "去年", "file", "@a.tif"), http.StatusCreated)
	page := want[api.Page[api.Orthophoto]](t, s.get("/v1/orthophotos?limit=1&county="+m.County.Code), http.StatusOK)
	if len(page.Items) != 1 || !reflect.DeepEqual(page.Items[0], second) || page.Next == nil {
		t.Fatalf("%+v", page)
	}
	page = want[api.Page[api.Orthophoto]](t, s.get(*page.Next), http.StatusOK)
	if len(page.Items) != 1 || !reflect.DeepEqual(page.Items[0], first) || page.Next != nil {
		t.Errorf("%+v", page)
	}
	if noFont == nil {
		auto, none, named, other := s.get(mine+"auto"), s.get(mine+"none"), s.get(mine+strconv.FormatInt(first.ID, 10)), s.get(mine+strconv.FormatInt(second.ID, 10))
		if auto.status != http.StatusOK || string(auto.body) != string(named.body) || string(none.body) != string(plain.body) ||
			string(auto.body) == string(none.body) || string(auto.body) == string(other.body) {
			t.Errorf("maps of %d, %d, %d and %d bytes: the newest image does not lie beneath", len(auto.body), len(none.body), len(named.body), len(other.body))
		}
		p := wantProblem(t, s.get(mine+"99"), http.StatusUnprocessableEntity, "invalid-request")
		if got := strings.Join(p.faults(), "; "); got != "query.orthophoto unknown-orthophoto" {
			t.Errorf("faults %q", got)
		}
	}
	wantProblem(t, s.get(mine+"some"), http.StatusUnprocessableEntity, "invalid-request")
	for _, o := range []api.Orthophoto{first, second} {
		path := fmt.Sprintf("/v1/orthophotos/%d", o.ID)
		if gone := want[api.Orthophoto](t, s.do(http.MethodDelete, path, nil), http.StatusOK); !reflect.DeepEqual(gone, o) {
			t.Errorf("deleted %+v, want %+v", gone, o)
		}
		wantProblem(t, s.do(http.MethodDelete, path, nil), http.StatusNotFound, "not-found")
		wantProblem(t, s.get(path), http.StatusNotFound, "not-found")
	}
	s.keepsNoOrthophoto()
}

// What is wrong with an upload is told, and nothing of it kept; a file that is no
// TIFF is told from its first bytes, while the rest is on its way.
func TestOrthophotoFaults(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gdalwarp"); err != nil {
		t.Skip("no GDAL")
	}
	file := county40.Bytes()
	s := startIdle(t, func(d *api.Deps) { d.MaxUploadBytes = int64(len(file)) })
	m := s.county()
	words := []string{"county", m.County.Code, "imaged_on", "2022-05-10"}
	xian := county40
	xian.EPSG = 4610
	for _, tt := range []struct {
		name, faults string
		file         []byte
		pairs        []string
	}{
		{"nothing but a file", "county missing; imaged_on missing", file, []string{"file", "@a.tif"}},
		{"no file", "file missing", nil, words},
		{"a bad day and a field nobody knows", "imaged_on bad-date; layer unknown-field", file, []string{"county", m.County.Code, "imaged_on", "10.5.2022", "layer", "x", "file", "@a.tif"}},
		{"no TIFF", "file not-tiff", []byte("GIF89a, and more of it"), append(words, "file", "@a.tif")},
		{"no bytes", "file not-tiff", nil, append(words, "file", "@a.tif")},
		{"cut off", "file cut-off", file[:len(file)-100], append(words, "file", "@a.tif")},
		{"another datum", "file other-datum", xian.Bytes(), append(words, "file", "@a.tif")},
	} {
		p := wantProblem(t, s.orthophoto(tt.file, tt.pairs...), http.StatusUnprocessableEntity, "invalid-request")
		if got := strings.Join(p.faults(), "; "); got != tt.faults {
			t.Errorf("%s: faults %q, want %q", tt.name, got, tt.faults)
		}
		for _, e := range p.Errors {
			if !strings.HasSuffix(e.Message, "。") {
				t.Errorf("%s: message %q", tt.name, e.Message)
			}
		}
	}
	wantProblem(t, s.orthophoto(append(file, 0), append(words, "file", "@a.tif")...), http.StatusRequestEntityTooLarge, "too-large")
	wantProblem(t, s.send(http.MethodPost, "/v1/orthophotos", "{}"), http.StatusUnsupportedMediaType, "unsupported-media-type")
	s.keepsNoOrthophoto()
}

// Half an upload leaves nothing.
func TestOrthophotoBrokenOff(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	m := s.county()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /v1/orthophotos HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000000\r\n\r\n"+
		"--b\r\nContent-Disposition: form-data; name=\"county\"\r\n\r\n%s\r\n"+
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.tif\"\r\n\r\n%s", m.County.Code, county40.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	s.until("an upload in the spool", func() bool { return len(s.spooled()) == 1 })
	conn.Close()
	s.until("an empty spool", func() bool { return len(s.spooled()) == 0 })
	s.keepsNoOrthophoto()
	if log := s.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("a client that goes away is no error of ours: %s", log)
	}
}
