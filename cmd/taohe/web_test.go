//go:build unix

package main

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/overlay"
)

// A browser walks the bureau's way through the page, upon a service with an empty
// database: web/test/walk.mjs says which. TAOHE_PICTURES is a folder for what it saw.
func TestWeb(t *testing.T) {
	t.Parallel()
	walk := browser(t)
	p := serve(t, pgtest.DSN(t), filepath.Join(t.TempDir(), "spool"))
	walk(nil, "walk.mjs", p.url, sampleData(t))
}

// People with accounts: what each role is offered and told, the four eyes of a
// close-out, a session that ends in the middle of work, and what an administrator does.
func TestWebPeople(t *testing.T) {
	t.Parallel()
	walk := browser(t)
	s := scene(t, sampletest.Run(t))
	olderRules(t, s.dsn)
	const password = "草原上的三头骆驼与一条河"
	add := exec.CommandContext(t.Context(), os.Args[0], "account", "add", "--database-url", s.dsn, "--admin", "王五")
	add.Env = append(os.Environ(), asProgram+"=1")
	add.Stdin = strings.NewReader(password + "\n")
	if said, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	walk(s.commands, "people.mjs", s.url, s.control, password)
}

// The ledger as a table: many items at once, columns, files, papers as jobs, print.
func TestWebLedger(t *testing.T) {
	t.Parallel()
	walk := browser(t)
	p := serve(t, sampletest.Run(t), filepath.Join(t.TempDir(), "spool"))
	walk(nil, "ledger.mjs", p.url)
}

// The service is killed in the middle of an upload, of reading it and of a run, and
// comes back: the page says so and goes on by itself.
func TestWebFailures(t *testing.T) {
	t.Parallel()
	walk := browser(t)
	s := scene(t, sampletest.Loaded(t))
	walk(s.commands, "failures.mjs", s.url, s.control, sampleData(t))
}

func sampleData(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../sample-data")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// browser is what walks through a script of web/test with its arguments, and meanwhile
// does what the script asks for; the test is skipped where there is no browser, or
// nothing was built.
func browser(t *testing.T) func(commands <-chan command, script string, arguments ...string) {
	t.Helper()
	if os.Getenv("TAOHE_WEB") == "" {
		t.Skip("long: make test-web")
	}
	chromium, err := exec.LookPath(cmp.Or(os.Getenv("TAOHE_CHROMIUM"), "chromium"))
	if err != nil {
		t.Skipf("no Chromium: %v (TAOHE_CHROMIUM names one)", err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("no Node: %v", err)
	}
	web, err := filepath.Abs("../../web")
	if err != nil {
		t.Fatal(err)
	}
	for _, built := range []string{"dist/index.html", "node_modules/playwright-core"} {
		if _, err := os.Stat(filepath.Join(web, built)); err != nil {
			t.Skipf("the browser application is not built: %v (make web)", err)
		}
	}
	return func(commands <-chan command, script string, arguments ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		walk := exec.CommandContext(ctx, node, append([]string{filepath.Join(web, "test", script)}, arguments...)...)
		walk.Env = append(os.Environ(), "TAOHE_CHROMIUM="+chromium)
		type outcome struct {
			said []byte
			err  error
		}
		walked := make(chan outcome, 1)
		go func() {
			said, err := walk.CombinedOutput()
			walked <- outcome{said, err}
		}()
		for {
			select {
			case c := <-commands:
				c.do()
				close(c.done)
			case o := <-walked:
				if o.err != nil {
					t.Errorf("%v; the walk said\n%s", o.err, o.said)
				}
				t.Log(strings.TrimSpace(string(o.said)))
				return
			}
		}
	}
}

// A command is what a walk asks the test for.
type command struct {
	do   func()
	done chan struct{}
}

// A webScene is a service upon a database, and what a walk may have done to both.
type webScene struct {
	*testing.T
	url, control, dsn, spool string

	commands chan command
	p        *program
	gates    []*gate
}

// scene starts a service, and a server on which a walk asks for what no page does:
// POST /kill and /start, /hold?table=, /reached and /release, /end-sessions.
func scene(t *testing.T, dsn string) *webScene {
	t.Helper()
	s := &webScene{T: t, dsn: dsn, spool: filepath.Join(t.TempDir(), "spool"), commands: make(chan command)}
	s.p = serve(t, dsn, s.spool)
	s.url = s.p.url
	does := map[string]func(table string){
		"/kill": func(string) {
			s.p.signal(syscall.SIGKILL)
			s.p.end()
		},
		"/start": func(string) { s.p = serve(t, dsn, s.spool, "--listen", strings.TrimPrefix(s.url, "http://")) },
		"/hold":  func(table string) { s.gates = append(s.gates, holdTable(t, dsn, table)) },
		// Whoever is to come to the gate is there before it is answered.
		"/reached": func(string) { s.gates[len(s.gates)-1].reached(s.p, 1) },
		"/release": func(string) {
			for _, g := range s.gates {
				g.open()
			}
			s.gates = nil
		},
		"/end-sessions": func(string) {
			if _, err := connect(t, dsn).Exec(t.Context(), `update account_session set seen_at = now() - interval '3 hours'`); err != nil {
				t.Fatal(err)
			}
		},
	}
	// What may end the test is done by the test.
	control := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		do, known := does[r.URL.Path]
		if !known {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		c := command{do: func() { do(r.FormValue("table")) }, done: make(chan struct{})}
		// A test that failed does nothing more, and waits for nobody.
		select {
		case s.commands <- c:
		case <-t.Context().Done():
			return
		}
		select {
		case <-c.done:
		case <-t.Context().Done():
		}
	}))
	t.Cleanup(control.Close)
	s.control = control.URL
	return s
}

// olderRules leaves a cancelled run that was begun by other thresholds.
func olderRules(t *testing.T, dsn string) {
	t.Helper()
	shipped, err := overlay.ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	older, err := overlay.ParseRules([]byte(strings.Replace(shipped.Text, "touch_ratio: 0.05", "touch_ratio: 0.1", 1)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.New(pgtest.Open(t, dsn), pipeline.Options{Rules: &older})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	id, err := p.BeginRun(t.Context(), sampletest.Manifest(t).AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.CancelRun(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}
