package work

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taohe-gis/taohe/ledger"
)

// An address is told of every event in order, signed; what it refuses it is told
// again, and nothing after it before.
func TestWebhook(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const secret = "a secret of sixteen"
	var mu sync.Mutex
	var told []int64
	var refused int
	var faults []string
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			faults = append(faults, err.Error())
		}
		at, sum, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Taohe-Signature"), "t="), ",v1=")
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(at + "." + string(body)))
		if sum != hex.EncodeToString(mac.Sum(nil)) {
			faults = append(faults, "signature "+r.Header.Get("Taohe-Signature"))
		}
		if refused == 0 { // the first message
			refused++
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var message struct{ Events []ledger.EventLine }
		if err := json.Unmarshal(body, &message); err != nil {
			faults = append(faults, err.Error())
		}
		for _, e := range message.Events {
			told = append(told, e.No)
		}
	}))
	defer receiver.Close()

	enter := func() {
		t.Helper()
		if _, err := b.p.Enter(t.Context(), ledger.Entered{
			CountyCode: "159900", Enterprise: "甲矿业", ProblemCode: "soil_cover", Problem: "覆土不足", By: "甲",
		}); err != nil {
			t.Fatal(err)
		}
	}
	for range messageful {
		enter()
	}
	if _, err := b.p.AddWebhook(t.Context(), receiver.URL, secret, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := b.p.AddWebhook(t.Context(), receiver.URL, secret, 0); err == nil {
		t.Error("one address is registered twice")
	}
	if _, err := b.p.AddWebhook(t.Context(), "ftp://x", "short", 0); err == nil {
		t.Error("an address that is none is registered")
	}
	b.work(nil)
	toldUpTo := func(last int64) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(told) > 0 && told[len(told)-1] == last
		}
	}
	b.until("all told", toldUpTo(messageful))
	enter()
	b.until("the next told", toldUpTo(messageful+1))
	mu.Lock()
	defer mu.Unlock()
	want := make([]int64, 0, messageful)
	for no := int64(3); no <= messageful+1; no++ {
		want = append(want, no)
	}
	if !slices.Equal(told, want) || refused != 1 || len(faults) > 0 {
		t.Errorf("told %v, refused %d, faults %v", told, refused, faults)
	}
	hooks, err := b.p.Webhooks(t.Context())
	if err != nil || len(hooks) != 1 || hooks[0].LastError != nil || hooks[0].FailingSince != nil {
		t.Errorf("%+v: %v", hooks, err)
	}
}

// messageful is more events than one message holds.
const messageful = 120
