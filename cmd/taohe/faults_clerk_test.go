//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/sampletest"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// A clerk brings the sample county in over HTTP, has it run and put into the ledger,
// and then images of a later day. What is not answered, or answered with 503, the
// clerk sends again; what bears no key is first looked for.
type clerk struct {
	*testing.T
	url    string
	client *http.Client
	stages []stage
	// retries counts requests that were sent again, refusals what was answered to them.
	retries  int
	refusals map[string]int
	// runs are those that were complete.
	runs []int64
	// stop makes the clerk give up.
	stop chan struct{}
}

// A stage is a day of a clerk's work.
type stage struct {
	files []demo.UploadFile
	asOf  string
}

func newClerk(t *testing.T, url string) *clerk {
	t.Helper()
	m := sampletest.Manifest(t)
	later, err := demo.ReadLater(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	stages := []stage{{m.Datasets, m.AsOf.String()}}
	for _, s := range later.Stages[:1] {
		stages = append(stages, stage{[]demo.UploadFile{s.Dataset}, s.AsOf.String()})
	}
	return &clerk{T: t, url: url, client: &http.Client{Timeout: time.Minute}, stages: stages, refusals: map[string]int{}, stop: make(chan struct{})}
}

// work does all of it; an error is what no repetition would mend.
func (c *clerk) work() error {
	if _, err := c.insist(http.MethodPut, "/v1/counties/"+faultCounty, `{"name":"示例旗","extent":[109,40,110.75,40.5]}`, ""); err != nil {
		return err
	}
	for _, s := range c.stages {
		for _, f := range s.files {
			if err := c.file(f); err != nil {
				return fmt.Errorf("%s: %w", f.File, err)
			}
		}
		id, err := c.run("run-"+s.asOf, fmt.Sprintf(`{"as_of":%q}`, s.asOf))
		if err != nil {
			return fmt.Errorf("run of %s: %w", s.asOf, err)
		}
		c.runs = append(c.runs, id)
		if err := c.feed("feed-"+s.asOf, id); err != nil {
			return fmt.Errorf("feed of run %d: %w", id, err)
		}
	}
	return nil
}

// An answered request.
type answered struct {
	status int
	body   map[string]any
}

func (a answered) number(name string) int64 { n, _ := a.body[name].(float64); return int64(n) }
func (a answered) text(name string) string  { s, _ := a.body[name].(string); return s }

func (a answered) items() (items []answered) {
	all, _ := a.body["items"].([]any)
	for _, i := range all {
		of, _ := i.(map[string]any)
		items = append(items, answered{a.status, of})
	}
	return items
}

// once sends a request; ok is false where it was not answered, or by a service that
// asks for patience.
func (c *clerk) once(method, path, kind, key string, body []byte) (a answered, ok bool, err error) {
	r, err := http.NewRequestWithContext(c.Context(), method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return a, false, err
	}
	r.Header.Set("Content-Type", kind)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	if strings.HasSuffix(path, "/feeds") {
		r.Header.Set("Prefer", "respond-async")
	}
	reply, err := c.client.Do(r)
	if err != nil {
		return a, false, c.Context().Err()
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil || json.Unmarshal(text, &a.body) != nil {
		return a, false, c.Context().Err() // cut off
	}
	a.status = reply.StatusCode
	if a.status == http.StatusServiceUnavailable || a.text("code") == "request-under-way" {
		c.refusals[a.text("code")]++
		if a.status == http.StatusServiceUnavailable && a.text("code") != "database-unavailable" {
			return a, false, fmt.Errorf("%s %s: %d %s", method, path, a.status, text)
		}
		return a, false, nil
	}
	return a, true, nil
}

func (c *clerk) pause() error {
	select {
	case <-c.stop:
		return fmt.Errorf("given up")
	case <-time.After(50 * time.Millisecond):
		return nil
	}
}

// insist sends a request until it is answered.
func (c *clerk) insist(method, path, body, key string) (answered, error) {
	for {
		a, ok, err := c.once(method, path, "application/json", key, []byte(body))
		if err != nil || ok {
			if err == nil && a.status >= http.StatusInternalServerError {
				err = fmt.Errorf("%s %s: %d %v", method, path, a.status, a.body)
			}
			return a, err
		}
		c.retries++
		if err := c.pause(); err != nil {
			return a, err
		}
	}
}

// settled waits until what is at a path is in one of the states.
func (c *clerk) settled(path string, states ...string) (answered, error) {
	for {
		a, err := c.insist(http.MethodGet, path, "", "")
		if err != nil || slices.Contains(states, a.text("status")) {
			return a, err
		}
		if err := c.pause(); err != nil {
			return a, err
		}
	}
}

// file uploads a file, unless it is there, and accepts it.
func (c *clerk) file(f demo.UploadFile) error {
	for {
		list, err := c.insist(http.MethodGet, "/v1/datasets?county="+faultCounty+"&layer="+f.Layer, "", "")
		if err != nil {
			return err
		}
		id := int64(0)
		for _, d := range list.items() {
			if s := d.text("status"); d.text("vintage") == f.Vintage.String() && s != "failed" && s != "refused" {
				id = d.number("id")
			}
		}
		if id == 0 {
			body, kind, err := form(f)
			if err != nil {
				return err
			}
			a, ok, err := c.once(http.MethodPost, "/v1/datasets", kind, "", body)
			switch {
			case err != nil:
				return err
			case !ok:
				c.retries++
				if err := c.pause(); err != nil {
					return err
				}
				continue
			case a.status != http.StatusAccepted:
				return fmt.Errorf("%d %v", a.status, a.body)
			}
			id = a.number("id")
		}
		path := fmt.Sprintf("/v1/datasets/%d", id)
		d, err := c.settled(path, "staged", "accepted", "failed", "refused")
		if err != nil {
			return err
		}
		switch d.text("status") {
		case "failed":
			continue
		case "staged":
			a, err := c.insist(http.MethodPost, path+"/accept", `{"by":"张三"}`, "")
			if err != nil {
				return err
			}
			if a.status != http.StatusOK && a.text("code") != "not-staged" {
				return fmt.Errorf("%d %v", a.status, a.body)
			}
			d, err = c.settled(path, "accepted")
			if err != nil {
				return err
			}
		}
		if d.text("status") != "accepted" {
			return fmt.Errorf("%v", d.body)
		}
		return nil
	}
}

// form is the upload of a file of the sample county.
func form(f demo.UploadFile) ([]byte, string, error) {
	content, err := fs.ReadFile(sampledata.FS, f.File)
	if err != nil {
		return nil, "", err
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	words := [][2]string{{"layer", f.Layer}, {"county", faultCounty}, {"vintage", f.Vintage.String()}, {"source", f.Source}}
	for k, v := range f.Set {
		words = append(words, [2]string{"set", k + "=" + v})
	}
	for _, g := range f.Footprint {
		ground := []byte("whole-county")
		if !g.WholeCounty {
			if ground, err = json.Marshal(g.Polygon); err != nil {
				return nil, "", err
			}
		}
		words = append(words, [2]string{"footprint", g.ImagedOn.String() + "=" + string(ground)})
	}
	for _, word := range words {
		if word[1] != "" {
			_ = w.WriteField(word[0], word[1]) // a bytes.Buffer takes everything
		}
	}
	part, err := w.CreateFormFile("file", filepath.Base(f.File))
	if err != nil {
		return nil, "", err
	}
	_, _ = part.Write(content)
	err = w.Close() // which writes the end
	return body.Bytes(), w.FormDataContentType(), err
}

// run starts a run, once, and waits until it is complete.
func (c *clerk) run(key, request string) (int64, error) {
	a, err := c.insist(http.MethodPost, "/v1/runs", request, key)
	if err != nil {
		return 0, err
	}
	id := a.number("id")
	switch {
	case a.text("code") == "reply-lost":
		c.refusals["reply-lost"]++
		list, err := c.insist(http.MethodGet, "/v1/runs", "", "")
		if err != nil {
			return 0, err
		}
		for _, r := range list.items() { // newest first; one that was interrupted was not answered for
			if id == 0 && r.text("status") != "failed" {
				id = r.number("id")
			}
		}
	case a.status != http.StatusAccepted:
		return 0, fmt.Errorf("%d %v", a.status, a.body)
	}
	r, err := c.settled(fmt.Sprintf("/v1/runs/%d", id), "complete", "failed", "cancelled")
	if err == nil && r.text("status") != "complete" {
		err = fmt.Errorf("%v", r.body)
	}
	return id, err
}

// feed puts a run into the ledger and waits for it.
func (c *clerk) feed(key string, run int64) error {
	a, err := c.insist(http.MethodPost, "/v1/ledger/feeds", fmt.Sprintf(`{"run_id":%d,"by":"张三"}`, run), key)
	if err != nil {
		return err
	}
	id := a.number("id")
	switch {
	case a.text("code") == "reply-lost":
		c.refusals["reply-lost"]++
		list, err := c.insist(http.MethodGet, "/v1/jobs", "", "")
		if err != nil {
			return err
		}
		for _, j := range list.items() {
			if id == 0 && j.text("kind") == "ledger_feed" && j.number("run_id") == run {
				id = j.number("id")
			}
		}
	case a.status != http.StatusAccepted:
		return fmt.Errorf("%d %v", a.status, a.body)
	}
	j, err := c.settled(fmt.Sprintf("/v1/jobs/%d", id), "complete", "failed", "cancelled")
	if err == nil && j.text("status") != "complete" {
		err = fmt.Errorf("%v", j.body)
	}
	return err
}

// An outcome is what stands in a database after a clerk's work, without numbers and
// times: the same however often it was disturbed.
type outcome struct {
	datasets, runs, findings, events []string
}

var outcomeSQL = []string{
	`select concat_ws(' ', layer, source, vintage, rows_read, rows_loaded, rows_held, rows_refused, round(ellipsoidal_area_m2::numeric, 4),
	                  (select count(*) from footprint f where f.dataset_id = d.id), (select count(*) from dataset_file f where f.dataset_id = d.id),
	                  (select sum(count) from dataset_diagnostic_count c where c.dataset_id = d.id))
	 from dataset d where status = 'accepted' order by 1`,
	`select concat_ws(' ', as_of, status, mines_total, mines_done, mines_failed, mines_carried, encode(digest, 'hex')) from run where status = 'complete' order by 1`,
	`select concat_ws(' ', r.as_of, f.licence_no, f.rule_code, f.ellipsoidal_area_m2, f.certainty) from finding f join run r on r.id = f.run_id where r.status = 'complete' order by 1`,
	`select concat_ws(' ', kind, campaign, actor, (body::jsonb -> 'state') - '{id,event_no,first_seen_in_run,seen_in_run}'::text[],
	                  (body::jsonb -> 'row') - '{item_id,event_no,seen_in_run,applied_run,run_seal}'::text[])
	 from ledger_event where kind <> 'entered' order by no`,
}

func outcomeOf(t *testing.T, conn *pgx.Conn) outcome {
	t.Helper()
	var o outcome
	for i, into := range []*[]string{&o.datasets, &o.runs, &o.findings, &o.events} {
		rows, err := conn.Query(t.Context(), outcomeSQL[i])
		if err != nil {
			t.Fatal(err)
		}
		if *into, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// quiet is what stands after a clerk's work that nobody disturbed: done once for all
// tests.
var quiet struct {
	sync.Mutex
	outcome
}

func undisturbed(t *testing.T) outcome {
	t.Helper()
	quiet.Lock()
	defer quiet.Unlock()
	if quiet.events == nil {
		b := sharedBureau(t, pgtest.DSN(t), 0)
		begun := time.Now()
		if err := newClerk(t, b.service.url).work(); err != nil {
			t.Fatal(err)
		}
		t.Logf("undisturbed in %s", time.Since(begun).Round(time.Millisecond))
		b.wantTidy()
		stop(b.service)
		quiet.outcome = outcomeOf(t, connect(t, b.dsn()))
	}
	return quiet.outcome
}

// wantOutcome compares what stands with what does where nothing was disturbed.
func wantOutcome(t *testing.T, got, want outcome) {
	t.Helper()
	for _, of := range []struct {
		name      string
		got, want []string
		least     int
	}{
		{"datasets", got.datasets, want.datasets, 9}, {"runs", got.runs, want.runs, 2}, {"findings", got.findings, want.findings, 50}, {"events", got.events, want.events, 50},
	} {
		if len(of.want) < of.least {
			t.Errorf("%s: only %d undisturbed", of.name, len(of.want))
		}
		if slices.Equal(of.got, of.want) {
			continue
		}
		t.Errorf("%s: %d, want %d", of.name, len(of.got), len(of.want))
		for i := range min(len(of.got), len(of.want)) {
			if of.got[i] != of.want[i] {
				t.Errorf("%s differ first at %d: %s\nwant %s", of.name, i, of.got[i], of.want[i])
				break
			}
		}
	}
}

// halfStoredSQL names what is stored of datasets that are not there, or not whole.
const halfStoredSQL = `
with stored as (
    select dataset_id, count(*) as rows from (
        select dataset_id from mining_right union all select dataset_id from land_approval union all select dataset_id from protected_area
        union all select dataset_id from water_source union all select dataset_id from forest union all select dataset_id from grassland
        union all select dataset_id from disturbance union all select dataset_id from division) r
    group by dataset_id
)
select format('dataset %s is %s and says %s rows; stored are %s rows, %s files, %s footprints', d.id, d.status, d.rows_loaded, coalesce(s.rows, 0), f.files, g.footprints)
from dataset d
left join stored s on s.dataset_id = d.id
cross join lateral (select count(*) as files from dataset_file where dataset_id = d.id) f
cross join lateral (select count(*) as footprints from footprint where dataset_id = d.id) g
where case when d.status in ('staged', 'accepted') then coalesce(s.rows, 0) <> d.rows_loaded or f.files = 0 or d.layer = 'disturbance' and g.footprints = 0
           else coalesce(s.rows, 0) + f.files + g.footprints > 0 or d.status = 'failed' and d.error is null end
union all
select format('rows of dataset %s, which is not there', dataset_id) from stored where dataset_id not in (select id from dataset)
union all
select format('footprint of dataset %s, which is not there', dataset_id) from footprint where dataset_id not in (select id from dataset)
union all
select format('dataset %s is loading, and nobody will', d.id) from dataset d
where d.status = 'loading' and not exists (select from pg_locks where locktype = 'advisory' and objsubid = 1
                                           and (classid::bigint << 32 | objid::bigint) = d.owner)
  and not exists (select from river_job j where j.kind = 'import' and j.finalized_at is null and (j.args ->> 'dataset_id')::bigint = d.id)
union all
select format('run %s is %s, and nobody computes it', r.id, r.status) from run r
where r.status in ('queued', 'running') and r.owner is null
  and not exists (select from river_job j where j.kind = 'run' and j.finalized_at is null and (j.args ->> 'run_id')::bigint = r.id)
union all
select format('job %s is %s, and nobody does it', b.id, b.status) from job b
where b.finished_at is null and b.owner is null
  and not exists (select from river_job j where j.kind = 'job' and j.finalized_at is null and (j.args ->> 'job_id')::bigint = b.id)
union all
select format('run %s was put into the ledger %s times', applied_run, count(*)) from ledger_feed group by applied_run having count(*) > 1
order by 1`

func wantNothingHalf(t *testing.T, conn *pgx.Conn, when string) {
	t.Helper()
	rows, err := conn.Query(t.Context(), halfStoredSQL)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range found {
		t.Errorf("%s: %s", when, what)
	}
}
