package api_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

type ledgerItem struct {
	ID       int64  `json:"id"`
	EventNo  int64  `json:"event_no"`
	State    string `json:"state"`
	Problem  string `json:"problem"`
	Measured *struct {
		Mu float64 `json:"mu"`
	} `json:"measured"`
	Corrected *struct {
		EllipsoidalAreaM2 float64 `json:"ellipsoidal_area_m2"`
	} `json:"corrected"`
	Photographs []struct {
		URL   string `json:"url"`
		Width int    `json:"width"`
	} `json:"photographs"`
	Events []struct {
		Kind string `json:"kind"`
	} `json:"events"`
}

const soilCover = `{"by":"甲","county_code":"159900","enterprise":"甲矿业","problem_code":"soil_cover","problem":"覆土不足"}`

// An item goes its way over HTTP; versions, orders and persons are held.
func TestLedgerItem(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	want[map[string]any](t, s.send("PUT", "/v1/counties/159900", `{"name":"示例旗","extent":[109,40,110.75,40.5]}`), http.StatusOK)
	wantProblem(t, s.send("POST", "/v1/ledger/items", `{"by":"甲","colour":"red"}`), 422, "invalid-request")
	p := wantProblem(t, s.send("POST", "/v1/ledger/items", strings.Replace(soilCover, "soil_cover", "unapproved", 1)), 422, "invalid-request")
	if !slices.Equal(p.faults(), []string{"problem_type not-in-list"}) {
		t.Errorf("faults %v", p.faults())
	}
	a := s.send("POST", "/v1/ledger/items", soilCover)
	item := want[ledgerItem](t, a, http.StatusCreated)
	home := a.header.Get("Location")
	if home != "/v1/ledger/items/1" || item.State != "lead" || item.Measured != nil {
		t.Errorf("%s: %s", home, a.body)
	}
	tag := s.get(home).header.Get("ETag")
	if tag != fmt.Sprintf(`"%d"`, item.EventNo) {
		t.Errorf("ETag %s of event %d", tag, item.EventNo)
	}
	deed := func(name, body string, header ...string) answer {
		t.Helper()
		return s.do("POST", home+"/"+name, strings.NewReader(body), append([]string{"Content-Type", "application/json"}, header...)...)
	}
	want[ledgerItem](t, deed("confirm", `{"by":"甲"}`, "If-Match", tag), http.StatusOK)
	wantProblem(t, deed("dismiss", `{"by":"甲","reason":"误"}`, "If-Match", tag), 412, "item-changed")
	wantProblem(t, deed("dismiss", `{"by":"甲","reason":"误"}`, "If-Match", `"x"`), 412, "item-changed")
	wantProblem(t, deed("confirm", `{"by":"甲"}`), 409, "item-state")
	wantProblem(t, s.send("POST", "/v1/ledger/items/99/confirm", `{"by":"甲"}`), 404, "not-found")
	p = wantProblem(t, deed("assign", `{"by":"甲","responsible":"张三","responsible_rank":"科员","deadline":"2022-07-01"}`), 422, "invalid-request")
	if !slices.Equal(p.faults(), []string{"deadline deadline-too-late", "rank rank-too-low"}) {
		t.Errorf("faults %v", p.faults())
	}
	want[ledgerItem](t, deed("assign", `{"by":"甲","responsible":"张三","responsible_rank":"副科级"}`), http.StatusOK)
	want[ledgerItem](t, deed("start", `{"by":"甲"}`), http.StatusOK)
	want[ledgerItem](t, deed("measures", `{"by":"甲","kind":"stop_order","taken_on":"2022-06-01"}`), http.StatusOK)
	checked := want[ledgerItem](t, deed("field_checks", `{"by":"丙","checked_on":"2022-06-02","officers":"丙、丁","corrected_mu":3}`), http.StatusOK)
	if checked.Corrected == nil || checked.Corrected.EllipsoidalAreaM2 != 2000 {
		t.Errorf("corrected %+v", checked.Corrected)
	}

	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 1200, 900)), &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	// Larger than a JSON request may be.
	padded := append(picture.Bytes(), make([]byte, 2<<20)...)
	photograph := func(body []byte) answer {
		return s.do("POST", fmt.Sprintf("%s/photographs?by=%%E4%%B8%%99&field_check=%d", home, checked.EventNo), bytes.NewReader(body), "Content-Type", "image/jpeg")
	}
	want[ledgerItem](t, photograph(padded), http.StatusOK)
	wantProblem(t, photograph([]byte("no picture")), 422, "invalid-request")
	if p := wantProblem(t, photograph(nil), 422, "invalid-request"); !slices.Equal(p.faults(), []string{"body missing"}) {
		t.Errorf("faults %v", p.faults())
	}
	for path, code := range map[string]string{"/v1/ledger/items/99": "not-found", home: "item-changed"} {
		a := s.do("POST", path+"/photographs?by=A", bytes.NewReader(picture.Bytes()), "Content-Type", "image/jpeg", "If-Match", `"1"`)
		if got := want[problem](t, a, a.status); got.Code != code {
			t.Errorf("%s: %s, want %s", path, a.body, code)
		}
	}
	wantProblem(t, photograph(make([]byte, 21<<20)), 413, "too-large")
	shown := want[ledgerItem](t, s.get(home), http.StatusOK)
	if len(shown.Photographs) != 1 || shown.Photographs[0].Width != 1200 {
		t.Fatalf("photographs %+v", shown.Photographs)
	}
	kept := s.get(shown.Photographs[0].URL)
	if _, err := jpeg.Decode(bytes.NewReader(kept.body)); err != nil || kept.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("%v: %s", err, kept.header.Get("Content-Type"))
	}

	want[ledgerItem](t, deed("propose", `{"by":"甲","as":"withdrawn","reason":"重复"}`), http.StatusOK)
	wantProblem(t, deed("approve", `{"by":"甲"}`), 409, "same-person")
	if closed := want[ledgerItem](t, deed("approve", `{"by":"乙"}`), http.StatusOK); closed.State != "closed" {
		t.Errorf("state %s", closed.State)
	}
	wantProblem(t, s.get(home+"/measurement?run=1"), 404, "not-found")
	form := s.get("/v1/ledger/form.csv", "Accept", "text/csv")
	if form.status != http.StatusOK || !strings.Contains(string(form.body), "张三 副科级") {
		t.Errorf("%d: %s", form.status, form.body)
	}
	// The list as a file is all that is chosen, and nothing else.
	for choice, rows := range map[string]int{"": 1, "&q=" + url.QueryEscape("甲矿"): 1, "&q=1": 1, "&q=" + url.QueryEscape("乙矿"): 0, "&state=lead": 0} {
		listed := want[struct{ Items []ledgerItem }](t, s.get("/v1/ledger/items?limit=1000"+choice), http.StatusOK)
		table := s.get("/v1/ledger/items?format=csv" + choice)
		lines, err := csv.NewReader(bytes.NewReader(table.body)).ReadAll()
		if err != nil || len(listed.Items) != rows || len(lines) != rows+1 || rows == 1 && (lines[1][0] != "1" || lines[1][1] != "甲矿业" || lines[1][12] != "已销号") {
			t.Errorf("%s: %d items, %v, %v", choice, len(listed.Items), lines, err)
		}
		book, err := excelize.OpenReader(bytes.NewReader(s.get("/v1/ledger/items?format=xlsx" + choice).body))
		if err != nil {
			t.Fatal(err)
		}
		cells, err := book.GetRows("台账")
		if err != nil || len(cells) != rows+1 || cells[0][6] != "排查发现问题" {
			t.Errorf("%s: %v, %v", choice, cells, err)
		}
	}
	progress := want[struct {
		Total struct {
			Closed  int     `json:"closed"`
			Percent float64 `json:"closed_percent"`
		} `json:"total"`
	}](t, s.get("/v1/ledger/progress?day=2022-06-10"), http.StatusOK)
	if progress.Total.Closed != 1 || progress.Total.Percent != 100 {
		t.Errorf("progress %+v", progress)
	}
}

// Whoever follows the cursor gets every event once and in order, and later what
// came later.
func TestLedgerChanges(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	want[map[string]any](t, s.send("PUT", "/v1/counties/159900", `{"name":"示例旗","extent":[109,40,110.75,40.5]}`), http.StatusOK)
	for range 5 {
		want[ledgerItem](t, s.send("POST", "/v1/ledger/items", soilCover), http.StatusCreated)
	}
	type changes struct {
		Items []struct {
			No   int64  `json:"no"`
			Body string `json:"body"`
		} `json:"items"`
		Cursor int64   `json:"cursor"`
		Next   *string `json:"next"`
	}
	var got []int64
	cursor := int64(0)
	follow := func() {
		t.Helper()
		for {
			c := want[changes](t, s.get(fmt.Sprintf("/v1/ledger/changes?after=%d&limit=2", cursor)), http.StatusOK)
			for _, e := range c.Items {
				got = append(got, e.No)
				if !strings.Contains(e.Body, `"kind":"entered"`) {
					t.Errorf("body %s", e.Body)
				}
			}
			if cursor = c.Cursor; c.Next == nil {
				return
			}
		}
	}
	follow()
	follow() // nothing new
	want[ledgerItem](t, s.send("POST", "/v1/ledger/items", soilCover), http.StatusCreated)
	follow()
	if !slices.Equal(got, []int64{1, 2, 3, 4, 5, 6}) {
		t.Errorf("got %v", got)
	}
	page := want[struct {
		Items []ledgerItem `json:"items"`
		Next  *string      `json:"next"`
	}](t, s.get("/v1/ledger/items?limit=4&due=overdue&day=2023-01-01"), http.StatusOK)
	if len(page.Items) != 4 || page.Next == nil {
		t.Fatalf("page %+v", page)
	}
	rest := want[struct{ Items []ledgerItem }](t, s.get(*page.Next), http.StatusOK)
	if len(rest.Items) != 2 {
		t.Errorf("%d items on the second page", len(rest.Items))
	}
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	s := startIdle(t)
	const hook = `{"url":"https://example.org/taohe","secret":"sixteen letters."}`
	added := s.send("POST", "/v1/ledger/webhooks", hook)
	want[map[string]any](t, added, http.StatusCreated)
	wantProblem(t, s.send("POST", "/v1/ledger/webhooks", hook), 422, "invalid-request")
	wantProblem(t, s.send("POST", "/v1/ledger/webhooks", strings.Replace(hook, "https", "file", 1)), 422, "invalid-request")
	list := s.get("/v1/ledger/webhooks")
	if strings.Contains(string(list.body)+string(added.body), "sixteen") {
		t.Error("the secret is shown")
	}
	want[map[string]any](t, s.do("DELETE", "/v1/ledger/webhooks/1", nil), http.StatusOK)
	wantProblem(t, s.do("DELETE", "/v1/ledger/webhooks/1", nil), 404, "not-found")
}

// A caller who hangs up while a feed is half done ends its statement, and nothing
// of it is in the ledger; the next feeds it whole.
func TestFeedHungUp(t *testing.T) {
	t.Parallel()
	s, _, run, location := startWithRun(t)
	tx, err := s.pool.Begin(t.Context())
	if err == nil { // the tenth event comes to a halt
		_, err = tx.Exec(t.Context(), `insert into ledger_event (no, at, campaign, kind, actor, body, sha256) values (10, now(), '', 'applied', '另一人', '', '')`)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // it only holds
	waiting := func() (n int) {
		err := s.pool.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	body := fmt.Sprintf(`{"run_id":%d,"by":"甲"}`, run.ID)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/ledger/feeds", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	ended := make(chan error)
	go func() {
		reply, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = reply.Body.Close()
		}
		ended <- err
	}()
	s.until("a feed that waits", func() bool { return waiting() == 1 })
	hangUp()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("the caller was answered: %v", err)
	}
	s.until("the end of its statement", func() bool { return waiting() == 0 })
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantEvents := func(want int) {
		t.Helper()
		var rows, events int
		err := s.pool.QueryRow(t.Context(), `
			select (select count(*) from ledger_event),
			       (select count(*) from ledger_feed) + (select count(*) from ledger_item) + (select count(*) from ledger_sighting)`).Scan(&events, &rows)
		if err != nil || events != want || rows != max(2*want-1, 0) {
			t.Errorf("%d events, %d rows, want %d events: %v", events, rows, want, err)
		}
	}
	wantEvents(0)
	plan := want[struct{ Lines []struct{} }](t, s.get(location+"/ledger_plan"), http.StatusOK)
	want[map[string]any](t, s.send("POST", "/v1/ledger/feeds", body), http.StatusOK)
	wantEvents(len(plan.Lines) + 1)
}
