package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// SoakOptions say how long.
type SoakOptions struct {
	For      time.Duration
	Progress func(string)
}

// A soak is a service under mixed use, and what it takes of the machine.
type soak struct {
	service  *served
	client   *http.Client
	db       Database
	spool    string
	manifest demo.Manifest
	licences []string

	mu     sync.Mutex
	counts map[string]int
	faults map[string]int
}

// Soak has the service, a program of its own, do for hours what a bureau has it
// do, all at once: files that come, are asked what they would change, and are
// deleted; runs after a change; reports, papers, tiles, pages and exports that are
// read; callers that hang up. What it holds of memory, connections, files and disk
// in a late part is told beside an early one. An answer that was not expected is an
// error.
func Soak(ctx context.Context, db Database, o SoakOptions) (string, error) {
	folder, err := os.MkdirTemp("", "taohe-soak-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	s := &soak{client: &http.Client{Timeout: 5 * time.Minute}, db: db, spool: filepath.Join(folder, "spool"), counts: map[string]int{}, faults: map[string]int{}}
	if s.manifest, err = demo.ReadManifest(sampledata.FS); err != nil {
		return "", err
	}
	if err := s.load(ctx); err != nil {
		return "", err
	}
	o.Progress("the sample county is there")
	if s.service, err = serve(ctx, db.DSN, folder); err != nil {
		return "", err
	}
	defer s.service.stop()
	if err := s.run(ctx, fmt.Sprintf(`{"as_of":%q}`, s.manifest.AsOf), nil); err != nil {
		return "", fmt.Errorf("the first run: %w", err)
	}
	var mines struct {
		Items []struct {
			LicenceNo string `json:"licence_no"`
		}
	}
	if err := s.get(ctx, "/v1/mines?limit=100", &mines); err != nil {
		return "", err
	}
	for _, m := range mines.Items {
		s.licences = append(s.licences, m.LicenceNo)
	}

	soaking, stop := context.WithTimeout(ctx, o.For)
	defer stop()
	var using sync.WaitGroup
	for name, use := range map[string]func(context.Context, int) error{
		"what-if of an upload": s.whatIf, "changed run": s.changedRun, "read of a mine": s.readMine, "another read of a mine": s.readMine,
		"tile": s.readTile, "page of features": s.readFeatures, "export": s.export, "papers of three mines": s.papers, "hang-up": s.hangUp,
	} {
		using.Go(func() {
			for n := 0; soaking.Err() == nil; n++ {
				err := use(soaking, n)
				if soaking.Err() != nil {
					return
				}
				s.note(name, err)
				select {
				case <-soaking.Done():
				case <-time.After(300 * time.Millisecond):
				}
			}
		})
	}
	samples := s.watch(soaking, o)
	using.Wait()
	page := s.page(o, samples)
	for _, fault := range slices.Sorted(maps.Keys(s.faults)) {
		err = errors.Join(err, fmt.Errorf("%d times: %s", s.faults[fault], fault))
	}
	return page, err
}

// load brings the sample county in, unless it is there.
func (s *soak) load(ctx context.Context) error {
	var there bool
	if err := s.db.Pool.QueryRow(ctx, `select exists (select from county)`).Scan(&there); err != nil || there {
		return err
	}
	p, err := pipeline.New(s.db.Pool, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	return demo.Load(ctx, p, sampledata.FS, s.manifest, nil)
}

func (s *soak) note(what string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what]++
	if err != nil {
		s.faults[what+": "+err.Error()]++
	}
}

func (s *soak) get(ctx context.Context, path string, into any) error {
	_, err := fetch(ctx, s.client, http.MethodGet, s.service.url+path, "", into)
	return err
}

func (s *soak) send(ctx context.Context, method, path, body string, into any) error {
	_, err := fetch(ctx, s.client, method, s.service.url+path, body, into)
	return err
}

// run starts a run and waits for its end; then, which may be nil, is done with its
// address.
func (s *soak) run(ctx context.Context, request string, then func(path string) error) error {
	var run struct {
		ID     int64
		Status string
	}
	if err := s.send(ctx, http.MethodPost, "/v1/runs", request, &run); err != nil {
		return err
	}
	path := fmt.Sprintf("/v1/runs/%d", run.ID)
	if err := until(ctx, func() (bool, error) {
		err := s.get(ctx, path, &run)
		if run.Status == "failed" || run.Status == "cancelled" {
			err = errors.Join(err, fmt.Errorf("run %s", run.Status))
		}
		return run.Status == "complete", err
	}); err != nil || then == nil {
		return err
	}
	return then(path)
}

// form is the upload of a file of the sample county.
func (s *soak) form(d demo.UploadFile) (*bytes.Buffer, string, error) {
	file, err := fs.ReadFile(sampledata.FS, d.File)
	if err != nil {
		return nil, "", err
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	fields := [][2]string{{"layer", d.Layer}, {"county", s.manifest.County.Code}, {"vintage", d.Vintage.String()}, {"source", d.Source}}
	for k, v := range d.Set {
		fields = append(fields, [2]string{"set", k + "=" + v})
	}
	for _, f := range d.Footprint {
		fields = append(fields, [2]string{"footprint", f.ImagedOn.String() + "=whole-county"})
	}
	for _, f := range fields {
		if f[1] != "" {
			err = errors.Join(err, w.WriteField(f[0], f[1]))
		}
	}
	part, partErr := w.CreateFormFile("file", d.File)
	if err = errors.Join(err, partErr); err != nil {
		return nil, "", err
	}
	if _, err := part.Write(file); err != nil {
		return nil, "", err
	}
	return &body, w.FormDataContentType(), w.Close()
}

// whatIf uploads a file, asks what it would change, and deletes both.
func (s *soak) whatIf(ctx context.Context, n int) error {
	body, kind, err := s.form(s.manifest.Datasets[n%len(s.manifest.Datasets)])
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.service.url+"/v1/datasets", body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", kind)
	reply, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	var dataset struct {
		ID     int64
		Status string
	}
	if reply.StatusCode != http.StatusAccepted {
		return errors.New("upload: " + reply.Status)
	}
	if err := json.NewDecoder(reply.Body).Decode(&dataset); err != nil {
		return err
	}
	path := fmt.Sprintf("/v1/datasets/%d", dataset.ID)
	if err := until(ctx, func() (bool, error) {
		err := s.get(ctx, path, &dataset)
		return dataset.Status != "loading", err
	}); err != nil {
		return err
	}
	if dataset.Status != "staged" {
		return errors.New("upload came to be " + dataset.Status)
	}
	if err := s.run(ctx, fmt.Sprintf(`{"as_of":%q,"what_if":[%d]}`, s.manifest.AsOf, dataset.ID), func(run string) error {
		return errors.Join(s.get(ctx, run+"/diff", nil), s.send(ctx, http.MethodDelete, run, "", nil))
	}); err != nil {
		return err
	}
	return s.send(ctx, http.MethodDelete, path, "", nil)
}

// changedRun computes what changed, which is nothing, once in a while: a run stays.
func (s *soak) changedRun(ctx context.Context, _ int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * time.Minute):
	}
	return s.run(ctx, fmt.Sprintf(`{"as_of":%q,"changed_only":true}`, s.manifest.AsOf), nil)
}

func (s *soak) readMine(ctx context.Context, n int) error {
	mine := "/v1/mines/" + s.licences[n%len(s.licences)]
	return s.get(ctx, mine+[]string{"/report", "/report?format=geojson", "/dossier", "/dossier?format=xlsx", "/map?dpi=72", "/report"}[n%6], nil)
}

func (s *soak) readTile(ctx context.Context, n int) error {
	collection := []string{"finding", "forest", "mining_right", "disturbance"}[n%4]
	// The tiles that the county lies in, from afar and from near.
	matrix := []string{"6/24/51", "8/96/206", "10/386/825", "12/1546/3300"}[n/4%4]
	return s.get(ctx, "/ogc/collections/"+collection+"/tiles/WebMercatorQuad/"+matrix, nil)
}

func (s *soak) readFeatures(ctx context.Context, n int) error {
	return s.get(ctx, []string{
		"/ogc/collections/finding/items?limit=50&filter-lang=cql2-text&filter=rule%3D%27unapproved%27",
		"/ogc/collections/forest/items?limit=200&bbox=109,40,110,40.3",
		"/ogc/collections/mining_right/items?f=html",
		"/ogc/collections/disturbance/items?limit=100&crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F4490",
	}[n%4], nil)
}

func (s *soak) export(ctx context.Context, n int) error {
	return s.get(ctx, []string{
		"/v1/findings?format=csv", "/v1/findings?format=geojson", "/v1/findings?format=gpkg", "/v1/findings?format=shapefile", "/v1/ledger/form.csv", "/v1/runs/1/annex1",
	}[n%6], nil)
}

// papers asks for the papers of some mines, fetches and deletes them.
func (s *soak) papers(ctx context.Context, n int) error {
	at := n % (len(s.licences) - 2)
	wanted, err := json.Marshal(map[string]any{"licence_nos": s.licences[at : at+3]})
	if err != nil {
		return err
	}
	var job struct {
		ID         int64
		Status     string
		FinishedAt *time.Time `json:"finished_at"`
	}
	if err := s.send(ctx, http.MethodPost, "/v1/runs/1/dossiers", string(wanted), &job); err != nil {
		return err
	}
	path := fmt.Sprintf("/v1/jobs/%d", job.ID)
	if err := until(ctx, func() (bool, error) {
		err := s.get(ctx, path, &job)
		return job.FinishedAt != nil, err
	}); err != nil {
		return err
	}
	return errors.Join(s.get(ctx, path+"/file", nil), s.send(ctx, http.MethodDelete, path, "", nil))
}

// hangUp begins something long and does not wait for it: an upload half sent, an
// export not read.
func (s *soak) hangUp(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(n%10+1)*20*time.Millisecond)
	defer cancel()
	if n%2 == 0 {
		_ = s.export(ctx, n)
		return nil
	}
	body, kind, err := s.form(s.manifest.Datasets[n%len(s.manifest.Datasets)])
	if err != nil {
		return err
	}
	half := io.MultiReader(io.LimitReader(body, int64(body.Len()/2)), stalled{ctx})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.service.url+"/v1/datasets", half)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", kind)
	if reply, err := s.client.Do(r); err == nil {
		reply.Body.Close()
		return fmt.Errorf("half an upload: %s", reply.Status)
	}
	return nil
}

// stalled is a body that gives nothing until its sender is gone.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// A sample is what is held at a moment.
type sample struct {
	programMB, serverMB, diskMB, spoolMB float64
	connections, files, temporary        int
}

var sampled = []struct {
	name string
	of   func(sample) float64
}{
	{"program's memory, MB", func(s sample) float64 { return s.programMB }},
	{"its connections' own memory, MB", func(s sample) float64 { return s.serverMB }},
	{"connections", func(s sample) float64 { return float64(s.connections) }},
	{"open files of the program", func(s sample) float64 { return float64(s.files) }},
	{"files in the spool", func(s sample) float64 { return float64(s.temporary) }},
	{"spool, MB", func(s sample) float64 { return s.spoolMB }},
	{"database, MB", func(s sample) float64 { return s.diskMB }},
}

// watch takes a sample every ten seconds until the context ends.
func (s *soak) watch(ctx context.Context, o SoakOptions) (samples []sample) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return samples
		case <-tick.C:
		}
		now, err := s.sample(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.note("sample", err)
			}
			continue
		}
		samples = append(samples, now)
		if len(samples)%30 == 0 {
			o.Progress(fmt.Sprintf("%+v", now))
		}
	}
}

func (s *soak) sample(ctx context.Context) (sample, error) {
	pid := s.service.cmd.Process.Pid
	now := sample{programMB: procMB(fmt.Sprintf("/proc/%d/status", pid), "RssAnon:")}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return sample{}, err
	}
	now.files = len(open)
	rows, err := s.db.Pool.Query(ctx, `select pid from pg_stat_activity where datname = current_database() and application_name like 'taohe%' and pid <> pg_backend_pid()`)
	if err != nil {
		return sample{}, err
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return sample{}, err
	}
	now.connections = len(pids)
	for _, pid := range pids {
		now.serverMB += procMB(fmt.Sprintf("/proc/%d/status", pid), "RssAnon:")
	}
	var bytes int64
	if err := s.db.Pool.QueryRow(ctx, `select pg_database_size(current_database())`).Scan(&bytes); err != nil {
		return sample{}, err
	}
	now.diskMB = float64(bytes) / 1e6
	err = filepath.WalkDir(s.spool, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // gone since
		}
		if info, err := d.Info(); err == nil {
			now.temporary++
			now.spoolMB += float64(info.Size()) / 1e6
		}
		return nil
	})
	return now, err
}

func (s *soak) page(o SoakOptions, samples []sample) string {
	if len(samples) < 8 {
		return "Too short to say anything: at least two minutes."
	}
	quarter := len(samples) / 4
	median := func(part []sample, of func(sample) float64) float64 {
		values := make([]float64, len(part))
		for i, x := range part {
			values[i] = of(x)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	var rows [][]string
	for _, m := range sampled {
		most := 0.0
		for _, x := range samples {
			most = max(most, m.of(x))
		}
		row := []string{m.name}
		for i := range 4 {
			row = append(row, fmt.Sprintf("%.0f", median(samples[i*quarter:(i+1)*quarter], m.of)))
		}
		rows = append(rows, append(row, fmt.Sprintf("%.0f", most)))
	}
	var done []string
	for _, what := range slices.Sorted(maps.Keys(s.counts)) {
		done = append(done, fmt.Sprintf("%d × %s", s.counts[what], what))
	}
	return fmt.Sprintf("%s of mixed use, a sample every ten seconds; medians of each quarter.\n\n%s\nDone: %s. Not as expected: %d.\n", o.For,
		table([]string{"", "first", "second", "third", "last", "most"}, rows), strings.Join(done, ", "), sum(s.faults))
}
