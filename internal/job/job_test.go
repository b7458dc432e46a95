package job

import (
	"bytes"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestQueriesPrepare(t *testing.T) {
	t.Parallel()
	pgtest.PrepareAll(t, sqlFS)
}

// newJob is a running job of two mines on a database of its own.
func newJob(t *testing.T) (*pgxpool.Pool, int64) {
	t.Helper()
	pool := pgtest.New(t)
	var run int64
	err := pool.QueryRow(t.Context(), `
		with r as (insert into run (as_of, counties, rule_set, rule_set_sha256) values ('2022-05-31', '{159900}', '', '') returning id)
		insert into run_mine (run_id, licence_no, county_code, enterprise, valid_from, valid_to, geom, licence_ellipsoidal_area_m2, computed_in_run_id)
		select r.id, no, '159900', '甲矿业', '2012-01-01', '2032-01-01', 'srid=4490;multipolygon(((109 40,110 40,110 41,109 40)))', 1, r.id
		from r, unnest(array['B', 'A', 'C']) no
		returning run_id`).Scan(&run)
	if err != nil {
		t.Fatal(err)
	}
	id, err := Create(t.Context(), pool, Dossiers, run, []byte(`{"a": 1}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if total, err := AddMines(t.Context(), pool, id, []string{"159900"}, []string{"B", "A"}); err != nil || total != 2 {
		t.Fatalf("%d parts: %v", total, err)
	}
	if err := Begin(t.Context(), pool, id); err != nil {
		t.Fatal(err)
	}
	return pool, id
}

// do claims a part and ends it with a file of its own.
func do(t *testing.T, pool *pgxpool.Pool, id int64, content []byte, why string) error {
	t.Helper()
	return pg.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		licenceNo, err := Claim(t.Context(), tx, id)
		if err != nil {
			return err
		}
		if why == "" {
			if err := Put(t.Context(), tx, id, licenceNo, 1, licenceNo+".docx", content); err != nil {
				return err
			}
		}
		_, err = EndPart(t.Context(), tx, id, licenceNo, why)
		return err
	})
}

// Parts are done once, in order; files come back as they were put, whatever their
// size; a part that failed has a line of its own.
func TestParts(t *testing.T) {
	t.Parallel()
	pool, id := newJob(t)
	long := bytes.Repeat([]byte("图"), chunkBytes) // three pieces
	for _, sparse := range []struct {
		content []byte
		why     string
	}{{long, ""}, {nil, "没有字体"}} {
		if done, err := Finish(t.Context(), pool, id); err != nil || done {
			t.Fatalf("finished too early: %v", err)
		}
		if err := do(t, pool, id, sparse.content, sparse.why); err != nil {
			t.Fatal(err)
		}
	}
	if err := do(t, pool, id, nil, ""); !errors.Is(err, ErrNoPart) {
		t.Errorf("a third part: %v", err)
	}
	if done, err := Finish(t.Context(), pool, id); err != nil || !done {
		t.Fatalf("not finished: %v", err)
	}
	j, err := Get(t.Context(), pool, id)
	if err != nil || j.Status != Complete || j.Done != 1 || j.Failed != 1 || j.Total != 2 || !j.Over() || !j.Queued {
		t.Errorf("%+v: %v", j, err)
	}
	files, err := Files(t.Context(), pool, id)
	if err != nil || len(files) != 2 || files[0].LicenceNo != "A" || files[0].Bytes != int64(len(long)) || files[1].Name != "" || files[1].Error != "没有字体" {
		t.Fatalf("%+v: %v", files, err)
	}
	var back bytes.Buffer
	if err := Copy(t.Context(), pool, id, files[0], &back); err != nil || !bytes.Equal(back.Bytes(), long) {
		t.Errorf("%d bytes came back of %d: %v", back.Len(), len(long), err)
	}
	// And all of it goes.
	if gone, err := Drop(t.Context(), pool, id); err != nil || !gone {
		t.Fatalf("not dropped: %v", err)
	}
	wantRows(t, pool, 0)
	if err := Copy(t.Context(), pool, id, files[0], &back); !errors.Is(err, ErrNotFound) {
		t.Errorf("a file of a job that is gone: %v", err)
	}
}

func wantRows(t *testing.T, pool *pgxpool.Pool, want int) {
	t.Helper()
	var rows int
	err := pool.QueryRow(t.Context(), `select (select count(*) from job_file) + (select count(*) from job_file_chunk)`).Scan(&rows)
	if err != nil || rows != want {
		t.Errorf("%d rows of files, want %d: %v", rows, want, err)
	}
}

// Who is at a part when the job is cancelled stores nothing of it.
func TestCancelledAtWork(t *testing.T) {
	t.Parallel()
	pool, id := newJob(t)
	if err := do(t, pool, id, []byte("甲"), ""); err != nil {
		t.Fatal(err)
	}
	wantRows(t, pool, 2)
	err := pg.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		licenceNo, err := Claim(t.Context(), tx, id)
		if err != nil {
			return err
		}
		if ended, err := End(t.Context(), pool, id, Cancelled, ""); err != nil || !ended {
			t.Fatalf("not cancelled: %v", err)
		}
		if err := Put(t.Context(), tx, id, licenceNo, 1, "x", []byte("乙")); err != nil {
			return err
		}
		_, err = EndPart(t.Context(), tx, id, licenceNo, "")
		return err
	})
	if !errors.Is(err, ErrOver) {
		t.Errorf("a part of a cancelled job: %v", err)
	}
	wantRows(t, pool, 0)
	if err := Begin(t.Context(), pool, id); !errors.Is(err, ErrOver) {
		t.Errorf("begun again: %v", err)
	}
	if err := do(t, pool, id, nil, ""); !errors.Is(err, ErrNoPart) {
		t.Errorf("a part of it: %v", err)
	}
}

// Jobs go when their time is over, those of dead programs too; nobody takes one
// from a program that lives, and nobody goes on with another question.
func TestExpire(t *testing.T) {
	t.Parallel()
	pool, id := newJob(t)
	asked := []byte(`{"a":1}`)
	j, err := Get(t.Context(), pool, id)
	if err != nil {
		t.Fatal(err)
	}
	const gone = int64(-4242)
	if _, err := Adopt(t.Context(), pool, Dossiers, j.RunID, asked, 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("a job of the queue is taken: %v", err)
	}
	if _, err := pool.Exec(t.Context(), `update job set owner = $2 where id = $1`, id, gone); err != nil {
		t.Fatal(err)
	}
	alive, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Release()
	if _, err := alive.Exec(t.Context(), `select pg_advisory_lock($1)`, gone); err != nil {
		t.Fatal(err)
	}
	long := `update job set created_at = now() - interval '8 days' where id = $1`
	if _, err := pool.Exec(t.Context(), long, id); err != nil {
		t.Fatal(err)
	}
	if n, err := Expire(t.Context(), pool); err != nil || n != 0 {
		t.Errorf("%d jobs of a living program went: %v", n, err)
	}
	if _, err := alive.Exec(t.Context(), `select pg_advisory_unlock($1)`, gone); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `update job set created_at = now() where id = $1`, id); err != nil {
		t.Fatal(err)
	}
	if _, err := Adopt(t.Context(), pool, Dossiers, j.RunID, []byte(`{"a":2}`), 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("a job of another question is taken: %v", err)
	}
	if got, err := Adopt(t.Context(), pool, Dossiers, j.RunID, asked, gone); err != nil || got != id {
		t.Errorf("job %d is taken, want %d: %v", got, id, err)
	}
	if n, err := Expire(t.Context(), pool); err != nil || n != 0 {
		t.Errorf("%d jobs went before their time: %v", n, err)
	}
	if _, err := pool.Exec(t.Context(), long, id); err != nil {
		t.Fatal(err)
	}
	if n, err := Expire(t.Context(), pool); err != nil || n != 1 {
		t.Errorf("%d jobs of dead programs went: %v", n, err)
	}
}
