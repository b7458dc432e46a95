package api_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taohe-gis/taohe/api"
)

// What is wrong with the words of an upload is said at once and all together,
// and nothing is stored.
func TestUploadFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	file := []byte(`{"type":"FeatureCollection","features":[]}`)
	good := func(extra ...string) []string {
		return append([]string{"layer", "forest", "source", "forestry", "county", m.County.Code, "vintage", "2021-12-31"}, extra...)
	}
	for _, tt := range []struct {
		name, faults string
		pairs        []string
	}{
		{"nothing but a file", "county missing; layer missing; vintage missing", []string{"file", "@a.zip"}},
		{"no file", "file missing", good()},
		{"unknown layer", "layer unknown-layer", []string{"layer", "mining_rigth", "county", m.County.Code, "vintage", "2021-12-31", "file", "@a.zip"}},
		{"unknown county", "county unknown-county", []string{"layer", "division", "county", "150621", "vintage", "2021-12-31", "file", "@a.zip"}},
		{
			"all at once, file first", "county unknown-county; crs unknown-crs; source missing-source; vintage bad-date",
			[]string{"file", "@a.zip", "layer", "forest", "county", "1", "vintage", "31.12.2021", "crs", "Xian 80"},
		},
		{"two files", "file given-twice", good("file", "@a.zip", "file", "@b.zip")},
		{"a field twice", "layer given-twice", good("layer", "forest", "file", "@a.zip")},
		{"a field nobody knows", "colour unknown-field", good("colour", "red", "file", "@a.zip")},
		{"a word as long as a book", "crs out-of-range", good("crs", strings.Repeat("x", 1000), "file", "@a.zip")},
		{"zero byte", "encoding bad-text", good("encoding", "GB\x00K", "file", "@a.zip")},
		{"not UTF-8", "layer_name bad-text", good("layer_name", "\xff\xfe", "file", "@a.zip")},
		{
			"constants", "set.shade unknown-field; set[0] bad-format; set[2] given-twice",
			good("set", "owner", "set", "shade=1", "set", "shade=2", "file", "@a.zip"),
		},
		{"columns", "map.shade unknown-field", good("map", "shade=ZB", "file", "@a.zip")},
		{"a flag", "allow_empty bad-format", good("allow_empty", "perhaps", "file", "@a.zip")},
		{"parameters", "shift bad-shift", good("shift", `{"method":"four"}`, "file", "@a.zip")},
		{"no parameters", "shift bad-shift", good("shift", `[]`, "file", "@a.zip")},
		{
			"footprints", "footprint[0] bad-footprint; footprint[2] given-twice; footprint[3] bad-footprint",
			[]string{
				"layer", "disturbance", "county", m.County.Code, "vintage", "2022-05-31", "footprint", "all", "footprint", "2022-05-10=whole-county",
				"footprint", "2022-05-10=whole-county", "footprint", `2022-05-11={"type":"Point","coordinates":[1,2]}`, "file", "@a.zip",
			},
		},
		{"no footprint", "footprint missing-footprint", []string{"layer", "disturbance", "county", m.County.Code, "vintage", "2022-05-31", "file", "@a.zip"}},
		{"coverage", "coverage bad-coverage", good("coverage", "everywhere", "file", "@a.zip")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := *s
			s.T = t
			a := s.upload(file, tt.pairs...)
			p := wantProblem(t, a, http.StatusUnprocessableEntity, "invalid-request")
			if got := strings.Join(p.faults(), "; "); got != tt.faults {
				t.Errorf("faults %q, want %q", got, tt.faults)
			}
			for _, e := range p.Errors {
				if e.Message == "" || !strings.ContainsAny(e.Message, "。") {
					t.Errorf("%s %s: message %q", e.Location, e.Code, e.Message)
				}
			}
		})
	}
	if a := s.get("/v1/datasets"); string(a.body) != "{\"items\":[],\"next\":null}\n" {
		t.Errorf("stored: %s", a.body)
	}
}

// Bodies that are not a form, break off, or are too long.
func TestUploadBodies(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *api.Deps) { d.MaxUploadBytes = 1 << 20 })
	const secret = "do not say this again"
	part := "--b\r\nContent-Disposition: form-data; name=\"layer\"\r\n\r\n"
	field := "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
	filePart := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\n"
	for _, tt := range []struct {
		name, kind, body string
		status           int
		code             string
	}{
		{"JSON", "application/json", secret, 415, "unsupported-media-type"},
		{"bare file", "application/zip", secret, 415, "unsupported-media-type"},
		{"no type", "", secret, 415, "unsupported-media-type"},
		{"urlencoded", "application/x-www-form-urlencoded", "layer=forest", 415, "unsupported-media-type"},
		{"no boundary", "multipart/form-data", secret, 400, "malformed-form"},
		{"another boundary", "multipart/form-data; boundary=c", part + secret, 400, "malformed-form"},
		{"empty", "multipart/form-data; boundary=b", "", 400, "malformed-form"},
		{"no end", "multipart/form-data; boundary=b", part + secret, 400, "upload-incomplete"},
		{"no end of file", "multipart/form-data; boundary=b", filePart + secret, 400, "upload-incomplete"},
		{"file too long", "multipart/form-data; boundary=b", filePart + strings.Repeat("x", 1<<20+1) + "\r\n--b--\r\n", 413, "too-large"},
		{"texts too long", "multipart/form-data; boundary=b", strings.Repeat(fmt.Sprintf(field, "coverage", strings.Repeat("x", 1<<20)), 9) + "--b--\r\n", 413, "too-large"},
		{"everything too long", "multipart/form-data; boundary=b", strings.Repeat("x", 10<<20), 413, "too-large"},
		{"too many fields", "multipart/form-data; boundary=b", strings.Repeat(fmt.Sprintf(field, "set", "a=b"), 1001) + "--b--\r\n", 413, "too-large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := *s
			s.T = t
			a := s.do(http.MethodPost, "/v1/datasets", strings.NewReader(tt.body), "Content-Type", tt.kind)
			wantProblem(t, a, tt.status, tt.code)
			if bytes.Contains(a.body, []byte(secret)) || len(a.body) > 4096 {
				t.Errorf("the answer repeats what was sent: %.200s", a.body)
			}
			if left := s.spooled(); len(left) > 0 {
				t.Errorf("left in the spool: %v", left)
			}
		})
	}
}

// endless is n zero bytes that calls look now and then.
type endless struct {
	left int
	look func()
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	clear(p[:n])
	if before := e.left; before>>26 != (before-n)>>26 {
		e.look()
	}
	e.left -= n
	return n, nil
}

// A big upload goes through little memory, in a valid request and in one that
// is refused. Not parallel: it looks at the heap of the whole program.
func TestUploadIsFlatInMemory(t *testing.T) {
	s := start(t)
	m := s.county()
	// The client may still be sending when the answer is there.
	var mu sync.Mutex
	var most uint64
	looks := 0
	look := func() {
		mu.Lock()
		defer mu.Unlock()
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		most = max(most, stats.HeapAlloc)
		looks++
	}
	look()
	before := most
	head := "--b\r\nContent-Disposition: form-data; name=\"layer\"\r\n\r\ndivision\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"county\"\r\n\r\n" + m.County.Code + "\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"vintage\"\r\n\r\n2021-12-31\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"行政区划.zip\"\r\n\r\n"
	const big = 512 << 20
	for kind, status := range map[string]int{"multipart/form-data; boundary=b": 202, "application/octet-stream": 415} {
		body := io.MultiReader(strings.NewReader(head), &endless{big, look}, strings.NewReader("\r\n--b--\r\n"))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/datasets", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		reply, err := http.DefaultClient.Do(r)
		if err != nil {
			if status == 415 { // the server may hang up before all is sent
				continue
			}
			t.Fatal(err)
		}
		text, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		if err != nil || reply.StatusCode != status || len(text) > 4096 {
			t.Errorf("%s: %d %.200s %v", kind, reply.StatusCode, text, err)
		}
		if status != http.StatusAccepted {
			continue
		}
		d := s.loaded(reply.Header.Get("Location"))
		if d.Status != "refused" || len(d.Files) != 1 || d.Files[0].Name != "行政区划.zip" {
			t.Errorf("%+v", d)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if looks < 8 {
		t.Errorf("looked %d times", looks)
	}
	if grown := most - min(before, most); grown > 16<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
}

// A client that goes away in the middle of a file leaves nothing behind.
func TestUploadBrokenOff(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /v1/datasets HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000000\r\n\r\n"+
		"--b\r\nContent-Disposition: form-data; name=\"county\"\r\n\r\n%s\r\n"+
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\n%s", m.County.Code, strings.Repeat("x", 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	s.until("an upload in the spool", func() bool { return len(s.spooled()) == 1 })
	conn.Close()
	s.until("an empty spool", func() bool { return len(s.spooled()) == 0 })
	if a := s.get("/v1/datasets"); string(a.body) != "{\"items\":[],\"next\":null}\n" {
		t.Errorf("stored: %s", a.body)
	}
	if log := s.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("a client that goes away is no error of ours: %s", log)
	}
}

// What a killed program left in the spool is removed at the next start, and
// nothing else.
func TestSpoolCleanedAtStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"upload-123/mine.zip", "keep/mine.zip"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	api.New(api.Deps{SpoolDir: dir})
	if _, err := os.Stat(filepath.Join(dir, "keep", "mine.zip")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "upload-123")); !os.IsNotExist(err) {
		t.Errorf("left-over still there: %v", err)
	}
}

func TestFileName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"采矿权.zip": "采矿权.zip", `C:\data\mine.zip`: "mine.zip", "../../etc/passwd": "passwd", "": "file", "..": "file", "a/": "file",
		"a\x00b\n.zip": "a_b_.zip", "\xff.shp": "_.shp", `a"<b>.zip`: "a__b_.zip",
		strings.Repeat("x", 300) + ".zip": strings.Repeat("x", 196) + ".zip",
	} {
		if got := api.FileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// rezip copies an archive without the entries of an ending.
func rezip(t *testing.T, in []byte, without ...string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(in), int64(len(in)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		if slices.Contains(without, strings.ToLower(filepath.Ext(f.Name))) {
			continue
		}
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	collection = `{"type":"FeatureCollection","features":[%s]}`
	// A mine of the number, as a square or, crossed, as a bow-tie of unequal wings.
	feature = `{"type":"Feature","properties":{"许可证号":"%s","采矿权人":"%s","有效期起":"2020-01-01","有效期止":"2030-01-01"},"geometry":{"type":"Polygon","coordinates":[%s]}}`
	square  = `[[109.5,40.1],[109.6,40.1],[109.6,40.2],[109.5,40.2],[109.5,40.1]]`
	bowTie  = `[[109.5,40.1],[109.6,40.2],[109.6,40.12],[109.5,40.2],[109.5,40.1]]`
	number1 = "C1599002010061120120037"
)

// What is wrong with a file is in the diagnostics of its dataset.
func TestUploadBadFiles(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	want[map[string]any](t, s.send(http.MethodPut, "/v1/counties/460100", `{"name":"别处","extent":[110,19,111,20.5]}`), http.StatusOK)
	mines := sampleFile(t, "mining_right.zip")
	for _, tt := range []struct {
		name, county, fileName, status, code string
		file                                 []byte
		extra                                []string
	}{
		{"not a zip", m.County.Code, "a.zip", "refused", "file.not_a_zip", []byte("hello"), nil},
		{"zip without .shp", m.County.Code, "a.zip", "refused", "file.no_layer", rezip(t, mines, ".shp", ".shx", ".dbf"), nil},
		{"missing .prj", m.County.Code, "a.zip", "refused", "crs.missing", rezip(t, mines, ".prj"), nil},
		{"another county", "460100", "a.zip", "refused", "crs.all_outside_county", mines, nil},
		{
			"bow-tie", m.County.Code, "a.geojson", "staged", "geometry.repaired_held",
			fmt.Appendf(nil, collection, fmt.Sprintf(feature, number1, "甲", bowTie)), nil,
		},
		{"empty layer", m.County.Code, "a.geojson", "refused", "layer.empty", fmt.Appendf(nil, collection, ""), nil},
		{"empty layer, declared", m.County.Code, "a.geojson", "staged", "crs.taken_as_cgcs2000", fmt.Appendf(nil, collection, ""), []string{"allow_empty", "true"}},
		{
			"a licence number twice", m.County.Code, "a.geojson", "staged", "licence.conflicting_rows",
			fmt.Appendf(nil, collection, fmt.Sprintf(feature, number1, "甲", square)+","+fmt.Sprintf(feature, number1, "乙", square)), nil,
		},
		{"no bytes", m.County.Code, "a.zip", "refused", "file.empty", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := *s
			s.T = t
			a := s.upload(tt.file, append([]string{"layer", "mining_right", "county", tt.county, "vintage", "2022-04-30", "file", "@" + tt.fileName}, tt.extra...)...)
			want[dataset](t, a, http.StatusAccepted)
			location := a.header.Get("Location")
			d := s.loaded(location)
			if d.Status != tt.status {
				t.Errorf("status %q, want %q: %s", d.Status, tt.status, s.get(location+"/diagnostics").body)
			}
			s.diagnostics(location, tt.code)
			switch {
			case d.Status == "refused":
				wantProblem(t, s.send(http.MethodPost, location+"/accept", `{"by":"某人"}`), http.StatusConflict, "not-staged")
			case d.RowsHeld > 0:
				wantProblem(t, s.send(http.MethodPost, location+"/accept", `{"by":"某人"}`), http.StatusConflict, "held-rows-undecided")
				want[dataset](t, s.send(http.MethodPost, location+"/accept", `{"by":"某人","held_rows":"leave_out"}`), http.StatusOK)
			}
		})
	}
}

// diagnostics checks the three forms of a dataset's diagnostics for a code.
func (s *service) diagnostics(location, code string) {
	s.Helper()
	page := want[struct {
		Counts []struct {
			Code  string
			Count int
		}
		Items []struct{ Code, Severity, Chinese, English string }
	}](s.T, s.get(location+"/diagnostics"), http.StatusOK)
	found := false
	for _, d := range page.Items {
		found = found || d.Code == code
		if d.Severity == "" || d.Chinese == "" || d.English == "" || strings.ContainsAny(d.Chinese, "{}") {
			s.Errorf("diagnostic %+v", d)
		}
	}
	if !found || len(page.Counts) == 0 {
		s.Errorf("no %s in %+v", code, page)
	}
	geo := s.get(location+"/diagnostics", "Accept", "application/geo+json")
	collection := want[struct {
		Type     string
		Features []struct{ Properties struct{ Code string } }
	}](s.T, geo, http.StatusOK)
	if collection.Type != "FeatureCollection" || len(collection.Features) != len(page.Items) {
		s.Errorf("GeoJSON %s", geo.body)
	}
	sheet := s.get(location+"/diagnostics", "Accept", "text/csv")
	if sheet.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(string(sheet.body), "\ufeff序号,") || !strings.Contains(string(sheet.body), code) {
		s.Errorf("CSV %s", sheet.body)
	}
}

// Of several who accept at once, one does.
func TestAcceptOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	a := s.upload(sampleFile(t, "division.geojson"), "layer", "division", "county", m.County.Code, "vintage", "2021-12-31", "file", "@division.geojson")
	location := a.header.Get("Location")
	s.loaded(location)
	var mu sync.Mutex
	count := map[int]int{}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+location+"/accept", strings.NewReader(fmt.Sprintf(`{"by":"%d"}`, i)))
			if err != nil {
				t.Error(err)
				return
			}
			reply, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			reply.Body.Close()
			mu.Lock()
			count[reply.StatusCode]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if count[http.StatusOK] != 1 || count[http.StatusConflict] != 7 {
		t.Errorf("answers %v, want one 200 and seven 409", count)
	}
}

// Who accepts is shown what would change, and says how many rows may go.
func TestAcceptConfirmsRemovals(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	const number2 = "C1599002010061120120038"
	east := strings.NewReplacer("109.5,", "109.8,", "109.6,", "109.9,").Replace(square)
	upload := func(vintage, mode string, features ...string) string {
		t.Helper()
		file := fmt.Appendf(nil, collection, strings.Join(features, ","))
		a := s.upload(file, "layer", "mining_right", "county", m.County.Code, "vintage", vintage, "mode", mode, "file", "@a.geojson")
		want[dataset](t, a, http.StatusAccepted)
		location := a.header.Get("Location")
		if d := s.loaded(location); d.Status != "staged" {
			t.Fatalf("%+v: %s", d, s.get(location+"/diagnostics").body)
		}
		return location
	}
	type changes struct {
		BaseID                        int64 `json:"base_id"`
		Added, Changed, Removed, Same int
		RemovedKeys                   []string `json:"removed_keys"`
	}
	first := upload("2022-01-31", "replace", fmt.Sprintf(feature, number1, "甲", square), fmt.Sprintf(feature, number2, "乙", east))
	if c := want[changes](t, s.get(first+"/changes"), http.StatusOK); c.BaseID != 0 || c.Added != 2 || c.RemovedKeys == nil {
		t.Errorf("first: %+v", c)
	}
	want[dataset](t, s.send(http.MethodPost, first+"/accept", `{"by":"某人"}`), http.StatusOK)

	second := upload("2022-02-28", "replace", fmt.Sprintf(feature, number1, "甲", square))
	if c := want[changes](t, s.get(second+"/changes"), http.StatusOK); c.BaseID == 0 || c.Removed != 1 || c.Same != 1 || !slices.Equal(c.RemovedKeys, []string{number2}) {
		t.Errorf("second: %+v", c)
	}
	wantProblem(t, s.send(http.MethodPost, second+"/accept", `{"by":"某人"}`), http.StatusConflict, "removal-unconfirmed")
	wantProblem(t, s.send(http.MethodPost, second+"/accept", `{"by":"某人","confirm_removed":2}`), http.StatusConflict, "removal-unconfirmed")
	want[dataset](t, s.send(http.MethodPost, second+"/accept", `{"by":"某人","confirm_removed":1}`), http.StatusOK)

	third := upload("2022-03-31", "add", fmt.Sprintf(feature, number2, "乙", east))
	if c := want[changes](t, s.get(third+"/changes"), http.StatusOK); c.Added != 1 || c.Removed != 0 || c.Same != 1 {
		t.Errorf("third: %+v", c)
	}
	wantProblem(t, s.get("/v1/datasets/99/changes"), http.StatusNotFound, "not-found")
}
