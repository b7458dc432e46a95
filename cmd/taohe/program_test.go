//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/cluster"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// asProgram makes the test binary the program, so that a test can kill it.
const asProgram = "TAOHE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(asTaohe())
	}
	pgtest.Main(m)
}

// peakVariable names a file for the program's own account of its memory.
const peakVariable = "TAOHE_TEST_PEAK"

func asTaohe() int {
	status := run(os.Args[1:], os.Stdout, os.Stderr)
	if name := os.Getenv(peakVariable); name != "" {
		account, err := os.ReadFile("/proc/self/status")
		if err == nil {
			err = os.WriteFile(name, account, 0o600)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
	}
	return status
}

// A program is a running taohe of the test's.
type program struct {
	*testing.T
	cmd    *exec.Cmd
	exited chan struct{}
	out    *said
	errOut *said

	url, spool string // of a service
	dataDir    string // of one with a private cluster
}

// said is what a program wrote so far.
type said struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// startProgram starts taohe; it is killed when the test ends.
func startProgram(t *testing.T, args ...string) *program {
	t.Helper()
	return startProgramWith(t, nil, args...)
}

func startProgramWith(t *testing.T, environment []string, args ...string) *program {
	t.Helper()
	p := &program{T: t, cmd: exec.Command(os.Args[0], args...), exited: make(chan struct{}), out: &said{}, errOut: &said{}}
	p.cmd.Env = append(append(os.Environ(), asProgram+"=1"), environment...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.errOut
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // the status is in ProcessState
		close(p.exited)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
		if t.Failed() {
			said := p.out.String() + p.errOut.String()
			t.Logf("taohe %s said at last\n%s", strings.Join(args, " "), said[max(0, len(said)-4096):])
		}
	})
	return p
}

// serve starts the service on a database.
func serve(t *testing.T, dsn, spool string, more ...string) *program {
	t.Helper()
	return service(t, spool, append([]string{"--database-url", dsn}, more...)...)
}

// servePrivate starts the service on a private cluster of its own in a folder.
func servePrivate(t *testing.T, dataDir, spool string) *program {
	t.Helper()
	p := service(t, spool, "--data-dir", dataDir)
	p.dataDir = dataDir
	t.Cleanup(func() { // before the program is killed, which would leave its database
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		p.end()
	})
	return p
}

func service(t *testing.T, spool string, more ...string) *program {
	t.Helper()
	p := startProgram(t, append([]string{"serve", "-v", "--listen", "127.0.0.1:0", "--spool-dir", spool}, more...)...)
	p.spool = spool
	p.listening()
	return p
}

// listening waits until a service says where it listens.
func (p *program) listening() {
	p.Helper()
	p.until("listening", func() bool {
		line, _, whole := strings.Cut(p.out.String(), "\n")
		p.url, _, _ = strings.Cut(line, " ")
		return whole
	})
}

// privateDSN is the database of a service with a private cluster.
func (p *program) privateDSN() string {
	p.Helper()
	c, err := cluster.Attach(p.Context(), p.dataDir)
	if err != nil {
		p.Fatal(err)
	}
	return c.DSN("taohe")
}

// importForest starts the command that loads the file.
func importForest(t *testing.T, dsn string, file []byte) *program {
	t.Helper()
	name := filepath.Join(t.TempDir(), "forest.geojson")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return startProgram(t, importArgs(dsn, name)...)
}

func importArgs(dsn, name string) []string {
	args := []string{"import", "--database-url", dsn}
	for _, f := range fields() {
		args = append(args, "--"+f[0], f[1])
	}
	return append(args, name)
}

// wantSaid checks how a command ended: in the clerk's words, and in those of
// the operator.
func (p *program) wantSaid(chinese string) {
	p.Helper()
	if status := p.end(); status != 1 {
		p.Errorf("the command's exit status is %d", status)
	}
	if text := p.errOut.String(); !strings.Contains(text, chinese) || !strings.Contains(text, "taohe: load dataset") {
		p.Errorf("the command said %q, want %q", text, chinese)
	}
}

// long skips a test that only `make faults` runs.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("TAOHE_FAULTS") == "" {
		t.Skip("long: make faults")
	}
}

// until looks again and again; another process announces nothing.
func (p *program) until(what string, done func() bool) {
	p.Helper()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			p.Fatalf("not in time: %s", what)
		}
	}
}

// end waits for the program and returns its exit status, -1 after a signal.
func (p *program) end() int {
	p.Helper()
	select {
	case <-p.exited:
	case <-time.After(time.Minute):
		p.Fatal("the program does not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) signal(s syscall.Signal) {
	p.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.Fatal(err)
	}
}

// spooled lists the uploads in the spool, and what the readers unpacked.
func (p *program) spooled() []string {
	p.Helper()
	var found []string
	for _, pattern := range []string{"upload-*", "upload-scratch/*"} {
		names, err := filepath.Glob(filepath.Join(p.spool, pattern))
		if err != nil {
			p.Fatal(err)
		}
		for _, n := range names {
			if filepath.Base(n) != "upload-scratch" {
				found = append(found, n)
			}
		}
	}
	return found
}

func (p *program) wantEmptySpool() {
	p.Helper()
	p.until("an empty spool", func() bool { return len(p.spooled()) == 0 })
}

// ask sends a request and decodes the JSON of the answer.
func (p *program) ask(method, path, kind string, body io.Reader) (int, map[string]any) {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), method, p.url+path, body)
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer reply.Body.Close()
	answer := map[string]any{}
	if err := json.NewDecoder(reply.Body).Decode(&answer); err != nil {
		p.Fatal(err)
	}
	return reply.StatusCode, answer
}

func (p *program) get(path string) (int, map[string]any) {
	p.Helper()
	return p.ask(http.MethodGet, path, "application/json", nil)
}

// faultCounty is where the files of these tests lie.
const faultCounty = "159900"

func (p *program) putCounty() {
	p.Helper()
	status, answer := p.ask(http.MethodPut, "/v1/counties/"+faultCounty, "application/json", strings.NewReader(`{"name":"示例旗","extent":[109,40,110.75,40.5]}`))
	if status != http.StatusOK {
		p.Fatalf("county: %d %v", status, answer)
	}
}

// fields are the words of an upload of forest.
func fields() [][2]string {
	return [][2]string{{"layer", "forest"}, {"source", "forestry"}, {"county", faultCounty}, {"vintage", "2021-12-31"}}
}

// send uploads a file as forest.
func (p *program) send(file []byte) (int, map[string]any) {
	p.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields() {
		_ = w.WriteField(f[0], f[1]) // a bytes.Buffer takes everything
	}
	part, err := w.CreateFormFile("file", "林地.geojson")
	if err == nil {
		_, err = part.Write(file)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		p.Fatal(err)
	}
	return p.ask(http.MethodPost, "/v1/datasets", w.FormDataContentType(), &b)
}

// begin uploads a file that is taken, and returns the path of its dataset.
func (p *program) begin(file []byte) string {
	p.Helper()
	status, answer := p.send(file)
	if status != http.StatusAccepted {
		p.Fatalf("upload: %d %v", status, answer)
	}
	return fmt.Sprintf("/v1/datasets/%.0f", answer["id"])
}

// over waits until a dataset is no longer loading.
func (p *program) over(path string) map[string]any {
	p.Helper()
	var d map[string]any
	p.until("the end of "+path, func() bool {
		var status int
		status, d = p.get(path)
		return status == http.StatusOK && d["status"] != "loading"
	})
	return d
}

// wantFailed checks that a dataset failed for the reason, says what to do next,
// and has left no row.
func (p *program) wantFailed(dsn, path, reason string) {
	p.Helper()
	d := p.over(path)
	text, _ := d["error_text"].(string)
	if d["status"] != "failed" || d["error"] != reason || !strings.Contains(text, "重新上传") {
		p.Errorf("%s is %v: %v (%v), want failed: %s", path, d["status"], d["error"], text, reason)
	}
	p.wantRows(dsn, path, 0)
}

// wantStaged uploads the file again and checks that all of it is there.
func (p *program) wantStaged(dsn string, file []byte, rows int) {
	p.Helper()
	p.wantLoaded(dsn, p.begin(file), rows)
}

// wantLoaded waits for a load and checks that all is there once, and the file
// gone.
func (p *program) wantLoaded(dsn, path string, rows int) {
	p.Helper()
	if d := p.over(path); d["status"] != "staged" || d["rows_loaded"] != float64(rows) {
		p.Fatalf("%s: %v", path, d)
	}
	p.wantRows(dsn, path, rows)
	p.wantEmptySpool()
}

// wantRows counts what is stored of a dataset: rows, files and diagnostics, or
// nothing of any.
func (p *program) wantRows(dsn, path string, want int) {
	p.Helper()
	var rows, files, notes int
	err := connect(p.T, dsn).QueryRow(p.Context(), `
		select (select count(*) from forest where dataset_id = $1), (select count(*) from dataset_file where dataset_id = $1),
		       (select count(*) from dataset_diagnostic where dataset_id = $1) + (select count(*) from dataset_diagnostic_count where dataset_id = $1)`,
		filepath.Base(path)).Scan(&rows, &files, &notes)
	if err != nil {
		p.Fatal(err)
	}
	if rows != want || (files > 0) != (want > 0) || (notes > 0) != (want > 0) {
		p.Errorf("%s: %d rows, %d files, %d diagnostics stored, want %d rows", path, rows, files, notes, want)
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// A gate holds whoever comes to write to a table.
type gate struct {
	*testing.T
	conn, look *pgx.Conn
	table      string
}

// shutGate holds every load before its end: all rows are written, nothing is
// committed.
func shutGate(t *testing.T, dsn string) *gate {
	t.Helper()
	return holdTable(t, dsn, "dataset_diagnostic_count")
}

func holdTable(t *testing.T, dsn, table string) *gate {
	t.Helper()
	g := &gate{t, connect(t, dsn), connect(t, dsn), table}
	if _, err := g.conn.Exec(t.Context(), `begin; lock table `+table+` in exclusive mode`); err != nil {
		t.Fatal(err)
	}
	return g
}

// reached waits until so many at least stand at the gate, or behind one that does.
func (g *gate) reached(p *program, many int) {
	g.Helper()
	p.until("so many at the gate", func() bool {
		var waiting int
		err := g.look.QueryRow(g.Context(), `
			select count(distinct pid) from pg_locks
			where not granted and exists (select from pg_locks where not granted and relation = $1::text::regclass)`, g.table).Scan(&waiting)
		if err != nil {
			g.Fatal(err)
		}
		return waiting >= many
	})
}

func (g *gate) open() {
	g.Helper()
	if _, err := g.conn.Exec(g.Context(), `rollback`); err != nil {
		g.Fatal(err)
	}
}

// halfUpload opens a connection and sends the beginning of an upload.
func (p *program) halfUpload() net.Conn {
	p.Helper()
	return p.uploadOf(100_000_000)
}

// uploadOf does the same for a body of that many bytes.
func (p *program) uploadOf(bodyBytes int64) net.Conn {
	p.Helper()
	conn, err := (&net.Dialer{}).DialContext(p.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = conn.Close() })
	w := bufio.NewWriter(conn)
	fmt.Fprintf(w, "POST /v1/datasets HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n", bodyBytes)
	for _, f := range fields() {
		fmt.Fprintf(w, "--b\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", f[0], f[1])
	}
	fmt.Fprintf(w, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.geojson\"\r\n\r\n%s", bytes.Repeat([]byte(" "), 1<<20))
	if err := w.Flush(); err != nil { // keeps the first error
		p.Fatal(err)
	}
	return conn
}

// forest is a GeoJSON file of that many squares of 40 corners, apart from each
// other, in the county.
func forest(rows int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		const side, corners = 10, 40
		west, south := 109.1+0.001*float64(i%1500), 40.05+0.001*float64(i/1500)
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"XBH":"%d"},"geometry":{"type":"Polygon","coordinates":[[`, i+1)
		for k := range corners + 1 {
			at := float64(k%side) / side
			c := [4][2]float64{{at, 0}, {1, at}, {1 - at, 1}, {0, 1 - at}}[k/side%4]
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "[%.7f,%.7f]", west+0.0008*c[0], south+0.0008*c[1])
		}
		b.WriteString("]]}}")
	}
	b.WriteString("]}")
	return b.Bytes()
}
