package main

import (
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// reading are the commands that change nothing of what is kept. What a service and a
// worker do is written down by who asked for it.
var reading = []string{
	"inspect", "county list", "orthophoto list", "timeline", "history", "diagnostics", "paper annex1", "paper annex2", "paper briefing", "diff", "explain", "statistics",
	"ledger campaign", "ledger plan", "ledger list", "ledger show", "ledger progress", "ledger export", "ledger measure", "verify", "jobs list", "copies list",
	"account list", "token list", "audit", "serve", "worker", "version", "doctor",
	"migrate", // which the schema itself keeps a table of
}

// Every command either only reads or says what it changes.
func TestEveryCommandIsAudited(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(new(cli), kong.Name("taohe"))
	if err != nil {
		t.Fatal(err)
	}
	left := slices.Clone(reading)
	for _, n := range parser.Model.Leaves(true) {
		_, changes := n.Target.Addr().Interface().(changer)
		at := slices.Index(left, n.Path())
		if changes == (at >= 0) {
			t.Errorf("taohe %s changes data: %v, and is listed as reading: %v", n.Path(), changes, at >= 0)
		}
		if at >= 0 {
			left = slices.Delete(left, at, at+1)
		}
	}
	if len(left) > 0 {
		t.Errorf("no such commands: %v", left)
	}
}

// What a command changes is in the log with the change itself; what it was refused,
// too; what it only reads is not.
func TestCommandsAreAudited(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	name := filepath.Join(t.TempDir(), "林地.geojson")
	if err := os.WriteFile(name, forest(3), 0o600); err != nil {
		t.Fatal(err)
	}
	on(t, dsn, 0, "county", "add", faultCounty, "示例旗", "--extent", "109,40,110.75,40.5")
	on(t, dsn, 0, "import", "--layer", "forest", "--source", "forestry", "--county", faultCounty, "--vintage", "2021-12-31", name)
	on(t, dsn, 0, "accept", "1", "--by", "张三")
	on(t, dsn, 2, "accept", "1", "--by", "张三")
	on(t, dsn, 0, "timeline", faultCounty)
	on(t, dsn, 2, "discard", "1")
	on(t, dsn, 0, "run", "--as-of", "2022-05-31")
	on(t, dsn, 0, "ledger", "apply", "1", "--by", "张三")
	on(t, dsn, 0, "ledger", "plan", "1")
	on(t, dsn, 0, "ledger", "add", "--by", "张三", "--county", faultCounty, "--enterprise", "西河煤矿有限公司", "--problem-type", "mine_environment", "--problem", "未治理")
	on(t, dsn, 0, "ledger", "confirm", "1", "--by", "张三")
	on(t, dsn, 2, "ledger", "approve", "1", "--by", "张三")
	on(t, dsn, 0, "copies", "make", "1")

	pool := pgtest.Open(t, dsn)
	events, err := access.New(pool).Audit(t.Context(), access.Search{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		if e.Actor != me.Username || e.Via != access.ViaCommand || e.Address != "" {
			t.Errorf("event %d: by %q, via %s, from %q", e.No, e.Actor, e.Via, e.Address)
		}
		got = append(got, strings.Join([]string{e.Action, e.Resource, e.Result}, ": "))
	}
	want := []string{
		"county add: 159900: ok", "import: 159900 forest 2021-12-31 林地.geojson: ok", "accept: 1: ok", "accept: 1: refused", "discard: 1: refused",
		"run: 2022-05-31: ok", "ledger apply: 1: ok", "ledger add: 159900 mine_environment: ok", "ledger confirm: 1: ok", "ledger approve: 1: refused", "copies make: 1: ok",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the log holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// A row and its event are of one transaction.
	var together int
	err = pool.QueryRow(t.Context(), `
		select (select count(*) from county c join audit_event e on e.xmin::text = c.xmin::text where e.action = 'county add')
		     + (select count(*) from ledger_event l join audit_event e on e.xmin::text = l.xmin::text where e.action = 'ledger confirm' and l.kind = 'confirmed')`).Scan(&together)
	if err != nil || together != 2 {
		t.Errorf("%d of 2 changes stand and fall with their events (%v)", together, err)
	}
	if said := on(t, dsn, 0, "verify"); !strings.Contains(said, "操作记录 11 条") {
		t.Errorf("verify: %s", said)
	}
}
