package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// deadlines records the read deadlines of a connection.
type deadlines struct {
	httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

// A slow upload that sends something now and then is never given up; the
// deadline is taken away when it is over.
func TestRollingDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const stallTimeout = defaultStallTimeout
		w := &deadlines{}
		begun := time.Now()
		b := &rolling{ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("x", 100))), c: http.NewResponseController(w), stall: stallTimeout}
		for range 100 { // over an hour and a half
			if n, err := b.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			if left := time.Until(w.set[len(w.set)-1]); left < stallTimeout*9/10 {
				t.Fatalf("after %v only %v are left", time.Since(begun), left)
			}
			time.Sleep(stallTimeout * 9 / 10)
		}
		before := len(w.set)
		b.set = time.Now()
		for range 1000 {
			_, _ = b.Read(nil)
		}
		if len(w.set) != before {
			t.Errorf("%d system calls for reads in one moment", len(w.set)-before)
		}
		if b.done(); !w.set[len(w.set)-1].IsZero() {
			t.Error("a deadline is left")
		}
	})
}
