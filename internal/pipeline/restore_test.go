package pipeline_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// A ledger that was dumped by PostgreSQL's own means and restored into an empty
// database is whole: the chain, the seals, the digests and the papers.
func TestRestoredIsWhole(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{Workers: 4})
	run := firstRun(t, p)
	if _, err := p.Feed(t.Context(), run.ID, "甲", nil); err != nil {
		t.Fatal(err)
	}
	fullItem(t, p)
	before, err := p.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	dump, dsn := filepath.Join(t.TempDir(), "taohe.dump"), pgtest.EmptyDSN(t)
	for _, command := range []*exec.Cmd{
		exec.CommandContext(t.Context(), "pg_dump", "--format=custom", "--file="+dump, pool.Config().ConnString()),
		exec.CommandContext(t.Context(), "pg_restore", "--exit-on-error", "--no-owner", "--dbname="+dsn, dump),
	} {
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", command.Args, err, out)
		}
	}
	restored, err := pg.Open(t.Context(), dsn, pg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	q, err := pipeline.New(restored, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := q.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Breaks) > 0 || after.Runs != 1 || after.Events != before.Events || after.Head != before.Head {
		t.Errorf("before %+v, restored %+v", before, after)
	}
}
