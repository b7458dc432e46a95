package pipeline_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// BenchmarkAccess is what rights to rows cost the reads of a run: as the owner, whom
// no policy binds, in the name of somebody of all counties, of one county, and of
// somebody now of one role and now of another.
func BenchmarkAccess(b *testing.B) {
	p, pool, m := sample(b, pipeline.Options{})
	id, err := p.BeginRun(b.Context(), m.AsOf, nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := p.ExecuteRun(b.Context(), id, nil); err != nil {
		b.Fatal(err)
	}
	if _, err := pool.Exec(b.Context(), `analyze`); err != nil {
		b.Fatal(err)
	}
	mines, err := p.Mines(b.Context(), id, "", "", 1)
	if err != nil {
		b.Fatal(err)
	}
	in := func(role, counties string) pg.Identity {
		return pg.Identity{Role: role, Counties: counties, Cites: true}
	}
	names := map[string][]pg.Identity{
		"owner": {{}}, "all": {in("taohe_viewer", "*")}, "county": {in("taohe_viewer", m.County.Code)},
		// What the server planned for one role is nothing to the next.
		"county, roles in turn": {in("taohe_viewer", m.County.Code), in("taohe_inspector", m.County.Code)},
	}
	for what, read := range map[string]func(context.Context) error{
		"mine":  func(ctx context.Context) error { _, err := p.Report(ctx, id, mines[0].LicenceNo); return err },
		"mines": func(ctx context.Context) error { _, err := p.Mines(ctx, id, "", "", 100); return err },
	} {
		for name, identities := range names {
			b.Run(what+"/"+name, func(b *testing.B) {
				begun, turn := serverMs(b, pool), 0
				for b.Loop() {
					if err := read(pg.As(b.Context(), identities[turn%len(identities)])); err != nil {
						b.Fatal(err)
					}
					turn++
				}
				b.ReportMetric((serverMs(b, pool)-begun)/float64(b.N), "server-ms/op")
			})
		}
	}
}

// serverMs is the processor time that the sessions of a database have taken, on a
// server of this machine, in milliseconds; a tick of the kernel is ten.
func serverMs(b *testing.B, pool *pgxpool.Pool) (ms float64) {
	b.Helper()
	rows, err := pool.Query(b.Context(), `select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`)
	if err != nil {
		b.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		b.Fatal(err)
	}
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			b.Skipf("the server's processor time is not to be had: %v", err)
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		for _, f := range fields[11:13] { // utime and stime
			ticks, err := strconv.ParseFloat(f, 64)
			if err != nil {
				b.Fatal(err)
			}
			ms += 10 * ticks
		}
	}
	return ms
}
