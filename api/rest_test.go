package api_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/geo"
)

type mineRun struct {
	Run struct {
		ID     int64
		Digest string `json:"mine_digest"`
	}
}

// A mine is computed while its inspector waits, or as a job, upon what is accepted;
// the report says of which run it is.
func TestFreshReportOverHTTP(t *testing.T) {
	t.Parallel()
	s, m, whole, _ := startWithRun(t)
	const path = "/v1/mines/C1599002017081120121295/report"
	plain := want[mineRun](t, s.get(path), http.StatusOK)
	fresh := want[mineRun](t, s.get(path+"?fresh=true&as_of="+m.AsOf), http.StatusOK)
	if plain.Run.ID != whole.ID || fresh.Run.ID == whole.ID || fresh.Run.Digest != plain.Run.Digest {
		t.Errorf("plain %+v, fresh %+v", plain, fresh)
	}
	location := address(fresh.Run.ID)
	if r := want[struct {
		Status     string
		LicenceNos []string `json:"licence_nos"`
	}](t, s.get(location), http.StatusOK); r.Status != "complete" || len(r.LicenceNos) != 1 {
		t.Errorf("its run %+v", r)
	}
	if a := s.get(path + "?fresh=true&format=geojson&as_of=" + m.AsOf); a.status != http.StatusOK || !strings.Contains(string(a.body), "FeatureCollection") {
		t.Errorf("geojson: %d %.200s", a.status, a.body)
	}
	if again := want[mineRun](t, s.get(path), http.StatusOK); again.Run.ID != whole.ID {
		t.Errorf("the plain report is of run %d, want %d", again.Run.ID, whole.ID)
	}
	wantProblem(t, s.get(location+"/diff?against="+strconv.FormatInt(whole.ID, 10)), http.StatusConflict, "run-of-one-mine")
	wantProblem(t, s.get("/v1/mines/C0/report?fresh=true"), http.StatusNotFound, "not-found")
	p := wantProblem(t, s.get(path+"?as_of=2022-05-31&run=1"), http.StatusUnprocessableEntity, "invalid-request")
	if got := strings.Join(p.faults(), "; "); got != "query.as_of only-with-fresh" {
		t.Errorf("faults %q", got)
	}
	p = wantProblem(t, s.get(path+"?as_of=2022-05-31&run=1&fresh=true"), http.StatusUnprocessableEntity, "invalid-request")
	if got := strings.Join(p.faults(), "; "); got != "query.run not-with-fresh" {
		t.Errorf("faults %q", got)
	}

	a := s.get(path+"?fresh=true&as_of=2022-06-01", "Prefer", "respond-async")
	if a.status != http.StatusAccepted || a.header.Get("Preference-Applied") != "respond-async" {
		t.Fatalf("%d %v %s", a.status, a.header, a.body)
	}
	j := s.job(a.header.Get("Location"))
	if j.Status != "complete" || j.Kind != "mine_report" || j.File == nil {
		t.Fatalf("%+v", j)
	}
	made := want[mineRun](t, s.get(*j.File), http.StatusOK)
	waited := want[mineRun](t, s.get(path+"?fresh=true&as_of=2022-06-01"), http.StatusOK)
	if made.Run.ID != j.RunID || waited.Run.ID != made.Run.ID || made.Run.ID == fresh.Run.ID {
		t.Errorf("job of run %d made %+v, waited for %+v", j.RunID, made, waited)
	}
}

// What can be changed bears its version, and is not changed by who saw another.
func TestVersionsToChange(t *testing.T) {
	t.Parallel()
	s := start(t)
	const path = "/v1/counties/159900"
	put := func(name string, header ...string) answer {
		return s.do(http.MethodPut, path, strings.NewReader(`{"name":"`+name+`","extent":[109,40,110.75,40.5]}`),
			append([]string{"Content-Type", "application/json"}, header...)...)
	}
	wantProblem(t, put("示例旗", "If-Match", "*"), http.StatusPreconditionFailed, "resource-changed")
	a := put("示例旗")
	first := a.header.Get("ETag")
	if a.status != http.StatusOK || first == "" || s.get(path).header.Get("ETag") != first {
		t.Fatalf("%d %v", a.status, a.header)
	}
	second := put("示例二旗", "If-Match", `"0", `+first).header.Get("ETag")
	wantProblem(t, put("示例三旗", "If-Match", first), http.StatusPreconditionFailed, "resource-changed")
	if c := want[api.County](t, s.get(path), http.StatusOK); c.Name != "示例二旗" || second == first {
		t.Errorf("%+v, version %s", c, second)
	}
	want[api.County](t, put("示例三旗", "If-Match", "*"), http.StatusOK)

	m := s.county()
	d := m.Datasets[0]
	location := s.upload(sampleFile(t, d.File), "layer", d.Layer, "county", m.County.Code, "vintage", d.Vintage, "file", "@"+d.File).header.Get("Location")
	loading := s.get(location).header.Get("ETag")
	s.loaded(location)
	staged := s.get(location).header.Get("ETag")
	accept := func(version string) answer {
		return s.do(http.MethodPost, location+"/accept", strings.NewReader(`{"by":"张三","held_rows":"accept"}`), "Content-Type", "application/json", "If-Match", version)
	}
	if loading == staged {
		loading = `"another"` // it was loaded before it was asked for
	}
	wantProblem(t, accept(loading), http.StatusPreconditionFailed, "resource-changed")
	if a := accept(staged); a.status != http.StatusOK || a.header.Get("ETag") == staged {
		t.Errorf("%d %s", a.status, a.body)
	}
	wantProblem(t, accept(staged), http.StatusPreconditionFailed, "resource-changed")
}

// The time line says on which days each version is in force, as runs of these days
// read it; the history who did what to a version.
func TestTimeLineAndHistory(t *testing.T) {
	t.Parallel()
	s, m := startWith(t, "mining_right", "disturbance")
	var ids []int64
	for _, vintage := range []string{"2022-05-15", "2022-05-20", "2022-05-15"} {
		location := s.upload(sampleFile(t, "mining_right.zip"), "layer", "mining_right", "county", m.County.Code, "vintage", vintage, "file", "@mining_right.zip").header.Get("Location")
		d := s.loaded(location)
		want[dataset](t, s.send(http.MethodPost, location+"/accept", `{"by":"李四","held_rows":"accept"}`), http.StatusOK)
		ids = append(ids, d.ID)
	}
	page := want[api.Page[api.DatasetVersion]](t, s.get("/v1/counties/159900/timeline?layer=mining_right"), http.StatusOK)
	day := func(d any) string {
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var got []string
	for _, v := range page.Items {
		got = append(got, fmt.Sprintf("%s %s-%s %s", v.Vintage, day(v.InForceFrom), day(v.InForceUntil), v.AcceptedBy))
	}
	wanted := []string{
		`2022-05-20 "2022-05-20"-null 李四`, `2022-05-15 "2022-05-15"-"2022-05-19" 李四`, `2022-05-15 null-null 李四`, `2022-04-30 "2022-04-30"-"2022-05-14" demo`,
	}
	if fmt.Sprint(got) != fmt.Sprint(wanted) {
		t.Errorf("%q, want %q", got, wanted)
	}
	for _, d := range []string{"2022-05-14", "2022-05-15", "2022-05-19", "2022-05-20", "2022-06-10"} {
		_, location := s.run(d)
		run := want[struct{ Datasets []struct{ ID int64 } }](t, s.get(location), http.StatusOK)
		for _, v := range page.Items {
			in := v.InForceFrom != nil && v.InForceFrom.String() <= d && (v.InForceUntil == nil || d <= v.InForceUntil.String())
			read := false
			for _, u := range run.Datasets {
				read = read || u.ID == v.DatasetID
			}
			if in != read {
				t.Errorf("on %s: dataset %d read %v, in force %v", d, v.DatasetID, read, in)
			}
		}
	}
	all := want[api.Page[api.DatasetVersion]](t, s.get("/v1/counties/159900/timeline"), http.StatusOK)
	if len(all.Items) != 5 {
		t.Errorf("%d versions, want 5", len(all.Items))
	}
	wantProblem(t, s.get("/v1/counties/159900/timeline?layer=nothing"), http.StatusUnprocessableEntity, "invalid-request")

	events := want[api.Page[api.DatasetEvent]](t, s.get(fmt.Sprintf("/v1/datasets/%d/history", ids[0])), http.StatusOK)
	var done []string
	last := time.Time{}
	for _, e := range events.Items {
		done = append(done, e.What+" "+e.By)
		if e.At == nil || e.At.Before(last) || e.Title == "" {
			t.Errorf("%+v", e)
		} else {
			last = *e.At
		}
	}
	if fmt.Sprint(done) != fmt.Sprint([]string{"uploaded ", "loaded ", "accepted 李四", "superseded 李四"}) {
		t.Errorf("history %q", done)
	}
	read := want[api.Page[api.DatasetEvent]](t, s.get(fmt.Sprintf("/v1/datasets/%d/history", ids[1])), http.StatusOK)
	if n := len(read.Items); n != 5 || read.Items[3].What != "first_read" || read.Items[4].What != "last_read" || *read.Items[3].RunID >= *read.Items[4].RunID {
		t.Errorf("history %+v", read.Items)
	}
	refused := s.loaded(s.upload([]byte("no file"), "layer", "division", "county", m.County.Code, "vintage", "2022-05-15", "file", "@a.geojson").header.Get("Location"))
	if h := want[api.Page[api.DatasetEvent]](t, s.get(fmt.Sprintf("/v1/datasets/%d/history", refused.ID)), http.StatusOK); h.Items[len(h.Items)-1].What != "refused" {
		t.Errorf("history of a file that cannot be used: %+v", h.Items)
	}
}

// Of forest by both sources forestry decides where it speaks and land survey the
// rest, as in a run: half and half of a cell, by the closed form of its area.
func TestCheckDecides(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := s.county()
	const west, south, middle, east, north = 109.6, 40.2, 109.61, 109.62, 40.22
	box := func(west, east float64) string {
		return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[2]v]]]}`, west, south, east, north)
	}
	file := []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"DLBM":"0301"},"geometry":` + box(west, east) + `}]}`)
	accept := func(source, vintage, coverage string) {
		t.Helper()
		pairs := []string{"layer", "forest", "county", m.County.Code, "vintage", vintage, "source", source}
		if coverage != "" {
			pairs = append(pairs, "coverage", coverage)
		}
		location := s.upload(file, append(pairs, "file", "@forest.geojson")...).header.Get("Location")
		if d := s.loaded(location); d.Status != "staged" || d.RowsLoaded != 1 {
			t.Fatalf("%+v %s", d, s.get(location+"/diagnostics").body)
		}
		want[dataset](t, s.send(http.MethodPost, location+"/accept", `{"by":"张三"}`), http.StatusOK)
	}
	decides := func(asOf string) map[string]float64 {
		t.Helper()
		type area struct {
			M2 float64 `json:"ellipsoidal_area_m2"`
		}
		got := want[struct {
			Layers []struct {
				Layer, Source   string
				Inside, Decides area
			}
		}](t, s.send("POST", "/v1/check", `{"as_of":"`+asOf+`","geojson":`+box(west, east)+`}`), http.StatusOK)
		out := map[string]float64{}
		for _, l := range got.Layers {
			if l.Layer == "forest" {
				out[l.Source] = l.Decides.M2
				if !near(l.Inside.M2, geo.GraticuleCellAreaM2(west, south, east, north)) {
					t.Errorf("%s: %v m² inside", l.Source, l.Inside.M2)
				}
			}
		}
		return out
	}
	cell, half := geo.GraticuleCellAreaM2(west, south, east, north), geo.GraticuleCellAreaM2(middle, south, east, north)
	accept("land_survey", "2021-12-31", "")
	if got := decides("2022-01-01"); !near(got["land_survey"], cell) {
		t.Errorf("alone %v, want %v", got, cell)
	}
	accept("forestry", "2022-02-01", box(west, middle))
	if got := decides("2022-03-01"); !near(got["land_survey"], half) || math.Abs(got["forestry"]-cell) > 1 {
		t.Errorf("beside forestry of the west %v, want %v", got, half)
	}
	accept("forestry", "2022-04-01", "")
	if got := decides("2022-05-01"); got["land_survey"] != 0 || !near(got["forestry"], cell) {
		t.Errorf("beside forestry of the county %v", got)
	}
}

// Who hangs up in the middle of a file of findings leaves no file behind.
func TestFindingsFileGivenUp(t *testing.T) {
	t.Parallel()
	s, _, _, _ := startWithRun(t)
	for _, format := range []string{"gpkg", "shapefile", "geojson", "csv"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/findings?format="+format, nil)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := reply.Body.Close(); err != nil { // unread
			t.Error(err)
		}
	}
	s.until("no file is left", func() bool { return len(s.spooled()) == 0 })
}
