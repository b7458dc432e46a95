package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taohe-gis/taohe/api/ogc"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// produced are the outcomes that the tests of this package have seen.
var produced = struct {
	sync.Mutex
	seen map[outcome]bool
	// replies are the fullest of each operation, for its example.
	replies map[string]any
}{seen: map[outcome]bool{}, replies: map[string]any{}}

// After all tests, nothing that the document promises was left untried.
func TestMain(m *testing.M) {
	pgtest.Main(m)
	if *update {
		if err := writeExamples(); err != nil {
			fmt.Fprintln(os.Stderr, "FAIL:", err)
			os.Exit(1)
		}
	}
	if !wholeRun() {
		return
	}
	if missing := unproduced(); len(missing) > 0 {
		fmt.Fprintf(os.Stderr, "FAIL: documented, and produced by no test:\n\t%s\n", strings.Join(missing, "\n\t"))
		os.Exit(1)
	}
}

// shortened leaves one of each list of things, so that an example can be read.
func shortened(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			v[k] = shortened(item)
		}
	case []any:
		for i, item := range v {
			v[i] = shortened(item)
		}
		if len(v) > 1 {
			switch v[0].(type) {
			case map[string]any, []any:
				return v[:1]
			}
			return v[:min(len(v), 4)]
		}
	}
	return v
}

// writeExamples puts the replies that were seen into api/examples.json; those of
// operations that were not asked stay. docs/http.md asks the sample county for
// most: go test ./api -run TestWalkthrough -update.
func writeExamples() error {
	const file = "examples.json"
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	examples := map[string]map[string]any{}
	if err := json.Unmarshal(text, &examples); err != nil {
		return err
	}
	for id, reply := range produced.replies {
		if examples[id] == nil {
			examples[id] = map[string]any{}
		}
		examples[id]["reply"] = reply
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(examples); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// wholeRun reports whether all tests of the package were run.
func wholeRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

// unproduced are the documented outcomes that no test produced, but those this
// machine cannot.
func unproduced() []string {
	produced.Lock()
	defer produced.Unlock()
	var missing []string
	for _, op := range theContract().sorted() {
		for _, o := range op.replies {
			if !produced.seen[o] && !notHere(o) {
				missing = append(missing, o.String())
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// recorded notes each reply of a service, and holds it against the document: no
// test can see one that is not documented or not as its schema says.
func recorded(t *testing.T, next http.Handler) http.Handler {
	c := theContract()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recording{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		if r.Method == http.MethodHead || r.Method == http.MethodOptions || strings.HasPrefix(r.URL.Path, ogc.Path) || strings.HasPrefix(r.URL.Path, "/signin") ||
			r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/assets/") {
			return // GET without a body; what a browser asks beforehand; what has a document of its own, and tests beside it; pages
		}
		op := c.find(r.Method, r.URL)
		o := seen(op, rec.status, rec.Header(), rec.body.Bytes())
		if err := c.allows(op, o, rec.body.Bytes(), rec.cut); err != nil {
			t.Errorf("%s %s: %v: %v", r.Method, r.URL.Path, o, err)
		}
		produced.Lock()
		defer produced.Unlock()
		produced.seen[o] = true
		if *update && op != nil && o.status < 300 && o.mediaType == anyJSON {
			var reply any
			if json.Unmarshal(rec.body.Bytes(), &reply) == nil && len(fmt.Sprint(shortened(reply))) > len(fmt.Sprint(produced.replies[op.id])) {
				produced.replies[op.id] = shortened(reply)
			}
		}
	})
}

// allows holds a reply against the document.
func (c *contract) allows(op *operation, o outcome, body []byte, cut bool) error {
	if op == nil {
		if !slices.Contains([]string{"no-such-path", "method-not-allowed", "bad-text", "host-not-allowed", "cross-origin"}, o.code) {
			return fmt.Errorf("answered where there is no operation")
		}
		return nil
	}
	if !op.may(o) {
		return fmt.Errorf("not documented")
	}
	if strings.HasSuffix(o.mediaType, "json") && !cut {
		return c.validReply(op, o.status, o.mediaType, body)
	}
	return nil
}

// recording keeps what is answered, up to a bound.
type recording struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	cut    bool
}

func (w *recording) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recording) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.body.Len()+len(b) > 4<<20 {
		w.cut = true
	} else {
		w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recording) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// notHere reports whether an outcome needs what this machine lacks.
func notHere(o outcome) bool {
	missing := func(program string) bool {
		_, err := exec.LookPath(program)
		return err != nil
	}
	switch {
	case o.code == "no-space":
		return noMount.Load()
	case o.mediaType == "application/pdf" && o.operation != "get-mine-map":
		return missing(office.Program)
	case o.code == "gdal-missing", o.operation == "add-orthophoto" && o.status == http.StatusCreated:
		return missing("gdalwarp") // without it there is no image to ask for
	}
	return false
}
