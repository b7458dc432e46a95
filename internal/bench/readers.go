package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/taohe-gis/taohe/internal/bench/made"
)

// ReadersOptions say how much is read.
type ReadersOptions struct {
	// Readers read reports at once, each the next as soon as it has one, For so long.
	Readers  int
	For      time.Duration
	Progress func(string)
}

// answered is what one kind of question came to.
type answered struct {
	mu     sync.Mutex
	took   []time.Duration
	bytes  int64
	faults map[string]int
}

func (a *answered) note(took time.Duration, size int64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.took = append(a.took, took)
	a.bytes += size
	if err != nil {
		a.faults[err.Error()]++
	}
}

// Readers has the service, a program of its own, answer many who read mines'
// reports while one of its runs goes on, and looks at /healthz meanwhile. An
// answer that is not 200 is an error.
func Readers(ctx context.Context, db Database, o ReadersOptions) (string, error) {
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
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.Readers + 1}, Timeout: time.Minute}
	get := func(path string, into any) (int64, error) {
		return fetch(ctx, client, http.MethodGet, s.url+path, "", into)
	}
	var run struct {
		ID                    int64
		Status                string
		Mines                 struct{ Total, Done int }
		StartedAt, FinishedAt *time.Time
	}
	begin := func() error {
		_, err := fetch(ctx, client, http.MethodPost, s.url+"/v1/runs", fmt.Sprintf(`{"as_of":%q}`, made.AsOf), &run)
		return err
	}
	over := func() (bool, error) {
		_, err := get(fmt.Sprintf("/v1/runs/%d", run.ID), &run)
		if err == nil && (run.Status == "failed" || run.Status == "cancelled") {
			err = fmt.Errorf("run %d: %s", run.ID, run.Status)
		}
		return run.Status == "complete", err
	}

	o.Progress("a run to read from")
	if err := begin(); err != nil {
		return "", err
	}
	if err := until(ctx, over); err != nil {
		return "", err
	}
	rows, err := db.Pool.Query(ctx, `select licence_no from run_mine where run_id = $1 order by licence_no`, run.ID)
	if err != nil {
		return "", err
	}
	var licences []string
	for rows.Next() {
		var no string
		if err := rows.Scan(&no); err != nil {
			return "", err
		}
		licences = append(licences, no)
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	if len(licences) == 0 {
		return "", errors.New("no mine to read of")
	}

	o.Progress("readers beside the next run")
	if err := begin(); err != nil {
		return "", err
	}
	reports, health := &answered{faults: map[string]int{}}, &answered{faults: map[string]int{}}
	reading, stop := context.WithTimeout(ctx, o.For)
	defer stop()
	var readers sync.WaitGroup
	for i := range o.Readers {
		readers.Go(func() {
			for n := i; reading.Err() == nil; n += o.Readers {
				ask(reports, func() (int64, error) { return get("/v1/mines/"+licences[n%len(licences)]+"/report", nil) })
			}
		})
	}
	readers.Go(func() {
		for tick := time.NewTicker(20 * time.Millisecond); reading.Err() == nil; <-tick.C {
			ask(health, func() (int64, error) { return get("/healthz", nil) })
		}
	})
	readers.Wait()
	went := "was over within it"
	if done, err := over(); err != nil {
		return "", err
	} else if !done {
		went = fmt.Sprintf("had computed %d of %d mines by its end", run.Mines.Done, run.Mines.Total)
		if _, err := fetch(ctx, client, http.MethodPost, fmt.Sprintf("%s/v1/runs/%d/cancel", s.url, run.ID), "", nil); err != nil {
			return "", err
		}
	}
	line := func(name string, a *answered) []string {
		if len(a.took) == 0 {
			return []string{name, "0"}
		}
		slices.Sort(a.took)
		at := func(share float64) string {
			return fmt.Sprintf("%.0f", a.took[int(share*float64(len(a.took)-1))].Seconds()*1000)
		}
		return []string{
			name, fmt.Sprint(len(a.took)), fmt.Sprintf("%.0f", float64(len(a.took))/o.For.Seconds()),
			at(0.5), at(0.99), at(1), fmt.Sprint(sum(a.faults)),
		}
	}
	page := fmt.Sprintf("%d readers for %s; the run beside them %s. The program had at most %.0f MB.\n\n%s", o.Readers, o.For, went, s.peakMB(),
		table([]string{"", "answers", "a second", "median ms", "p99 ms", "most ms", "errors"},
			[][]string{line("a mine's report", reports), line("/healthz", health)}))
	for _, a := range []*answered{reports, health} {
		for fault, n := range a.faults {
			err = errors.Join(err, fmt.Errorf("%d times: %s", n, fault))
		}
	}
	return page, err
}

func ask(a *answered, question func() (int64, error)) {
	start := time.Now()
	size, err := question()
	a.note(time.Since(start), size, err)
}

func sum(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

// fetch asks and reads the answer to its end, into a value or nowhere.
func fetch(ctx context.Context, client *http.Client, method, url, body string, into any) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	reply, err := client.Do(r)
	if err != nil {
		return 0, errors.Unwrap(err) // without the address, so that like is counted with like
	}
	defer reply.Body.Close()
	if reply.StatusCode >= http.StatusMultipleChoices {
		var problem struct{ Code, Detail string }
		_ = json.NewDecoder(io.LimitReader(reply.Body, 1<<16)).Decode(&problem)
		return 0, fmt.Errorf("%s: %s %s", reply.Status, problem.Code, problem.Detail)
	}
	if into == nil {
		return io.Copy(io.Discard, reply.Body)
	}
	return 0, json.NewDecoder(reply.Body).Decode(into)
}

// until asks again and again whether something is done.
func until(ctx context.Context, done func() (bool, error)) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// A served is the service as a program of its own.
type served struct {
	url  string
	cmd  *exec.Cmd
	said *bytes.Buffer
}

// serve builds the program into a folder and starts it on a database.
func serve(ctx context.Context, dsn, folder string) (*served, error) {
	root, _, err := output(ctx, "go", "env", "GOMOD")
	if err != nil {
		return nil, err
	}
	program := filepath.Join(folder, "taohe")
	if _, _, err := output(ctx, "go", "build", "-C", filepath.Dir(strings.TrimSpace(string(root))), "-buildvcs=false", "-o", program, "./cmd/taohe"); err != nil {
		return nil, err
	}
	s := &served{said: &bytes.Buffer{}}
	s.cmd = exec.CommandContext(ctx, program, "serve", "--listen", "127.0.0.1:0", "--database-url", dsn, "--spool-dir", filepath.Join(folder, "spool"))
	s.cmd.Stderr = s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line := make([]byte, 0, 200)
	for one := make([]byte, 1); !bytes.HasSuffix(line, []byte("\n")); line = append(line, one[0]) {
		if _, err := out.Read(one); err != nil {
			s.stop()
			return nil, fmt.Errorf("the service did not start: %s", s.said)
		}
	}
	s.url, _, _ = strings.Cut(string(line), " ")
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return s, nil
}

func (s *served) peakMB() float64 {
	return procMB(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid), "VmHWM:")
}

func (s *served) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}
