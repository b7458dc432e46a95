package generalise_test

import (
	"context"
	"errors"
	"math"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/generalise"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestQueriesPrepare(t *testing.T) {
	t.Parallel()
	pgtest.PrepareAll(t, os.DirFS("sql"))
}

// quilt is 32 by 32 squares of 360/2^18 degrees from a corner of cells of level 8
// on, of which 2 by 2 are a cell of level 12 and all of them one of level 8. Of the
// west's the north-eastern one of each four is left out; of the south-east's it is of
// another class, and of the north-east all are.
const quilt = `
	select i * 32 + j + 1 as row_no, st_multi(st_segmentize(st_makeenvelope(
	           109.51171875 + i * s, 40.0341796875 + j * s, 109.51171875 + (i + 1) * s, 40.0341796875 + (j + 1) * s, 4490), 0.0006)) as geom,
	       case when i >= 16 and (j >= 16 or i % 2 = 1 and j % 2 = 1) then '0302' else '0301' end as land_code
	from (select 360 / 2 ^ 18 as s) side, generate_series(0, 31) i, generate_series(0, 31) j
	where not (i < 16 and i % 2 = 1 and j % 2 = 1)`

// scattered are squares that lie across cells, too many to be told apart, and
// beside them a disc of 4096 corners, a ground of five cells by three, and a speck.
const scattered = `
	select n as row_no, st_multi(st_makeenvelope(x, y, x + 0.0007, y + 0.0004, 4490)) as geom, (array['0301', '0302', '0305'])[1 + n % 3] as land_code
	from (select n, 109.5 + n % 40 * 0.0008 as x, 40.0 + n / 40 * 0.0005 as y from generate_series(1, 1600) n) place
	union all
	select 1601, st_multi(st_buffer(st_setsrid(st_point(109.7, 40.1), 4490), 0.05, 1024)), '0301'
	union all
	select 1602, st_multi(st_segmentize(st_makeenvelope(109.8, 40.1, 109.83, 40.12, 4490), 0.0006)), ''
	union all
	select 1603, st_multi(st_buffer(st_setsrid(st_point(109.9, 40.3), 4490), 0.0001, 200)), '0307'`

// filed stores an accepted version of forest of the given rows.
func filed(t *testing.T, pool *pgxpool.Pool, vintage, rows string) (id int64) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(109, 39.5, 110.5, 40.5, 4490)) on conflict do nothing`)
		if err != nil {
			return err
		}
		err = tx.QueryRow(t.Context(), `
			insert into dataset (county_code, layer, source, vintage, status, extent, loaded_at, accepted_at, accepted_by)
			values ('159900', 'forest', 'forestry', $1::text::date, 'accepted', st_makeenvelope(109, 39.5, 110.5, 40.5, 4490), now(), now(), 'test') returning id`, vintage).Scan(&id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `select add_dataset_table($1)`, id); err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), `
			insert into forest (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, land_code)
			select '159900', $1, row_no, 1, row_no, geom, ellipsoidal_area_m2(geom), nullif(land_code, '') from (`+rows+`) r`, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func made(t *testing.T, pool *pgxpool.Pool, id int64) {
	t.Helper()
	if err := generalise.Make(t.Context(), pool, id, nil); err != nil {
		t.Fatal(err)
	}
}

type cell struct {
	Level, X, Y       int
	Class             string
	ClassShare, Share float64
	RowCount          int
}

func cells(t *testing.T, pool *pgxpool.Pool, id int64) []cell {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select level, x, y, class, class_share, share, row_count from generalised_cell where dataset_id = $1 order by level, x, y`, id)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[cell])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func one[T any](t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (v T) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Squares of a cell differ by a hundred-thousandth, the northern ones being smaller.
func near(a, b float64) bool { return math.Abs(a-b) < 5e-5 }

// The cells of a drawn quilt are those that follow from its drawing.
func TestCellsOfAQuilt(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	id := filed(t, pool, "2022-05-15", quilt)
	made(t, pool, id)
	// 64 squares lie in a block of 64 pixels on level 13, which can be told apart.
	if from := one[int](t, pool, `select shapes_from from generalised where dataset_id = $1`, id); from != 13 {
		t.Fatalf("rows are shown from level %d", from)
	}
	count := map[int]int{}
	for _, c := range cells(t, pool, id) {
		count[c.Level]++
		west, south := float64(c.X)*generalise.CellDegrees(c.Level)-180, float64(c.Y)*generalise.CellDegrees(c.Level)-90
		half := generalise.CellDegrees(8) / 2
		want := c
		switch inWest, inSouth := west < 109.51171875+half, south < 40.0341796875+half; {
		case c.Level < 8: // of which what has what hangs on how degrees shrink northwards
			want.Class, want.RowCount = "0301", 896
		case c.Level == 8:
			want.Class, want.ClassShare, want.Share, want.RowCount = "0301", 576.0/1024, 896.0/1024, 896
		case inWest:
			want.Class, want.ClassShare, want.Share, want.RowCount = "0301", 0.75, 0.75, 3<<(2*(12-c.Level))
		case inSouth:
			want.Class, want.ClassShare, want.Share, want.RowCount = "0301", 0.75, 1, 4<<(2*(12-c.Level))
		default:
			want.Class, want.ClassShare, want.Share, want.RowCount = "0302", 1, 1, 4<<(2*(12-c.Level))
		}
		if c.Class != want.Class || !near(c.ClassShare, want.ClassShare) || !near(c.Share, want.Share) || c.RowCount != want.RowCount {
			t.Errorf("%+v, want %+v", c, want)
		}
	}
	for level, want := range map[int]int{0: 1, 7: 1, 8: 1, 9: 4, 10: 16, 11: 64, 12: 256, 13: 0} {
		if count[level] != want {
			t.Errorf("level %d has %d cells, want %d", level, count[level], want)
		}
	}
	if left := one[int](t, pool, `select count(*) from generalised_part`); left != 0 {
		t.Errorf("%d parts are left", left)
	}
}

// On every level the cells have the ground of all rows and count each once, however
// rows lie across them.
func TestCellsAddUp(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	id := filed(t, pool, "2022-05-15", scattered)
	made(t, pool, id)
	rows, err := pool.Query(t.Context(), `
		select c.level, sum(c.share * ellipsoidal_area_m2(st_makeenvelope(c.x * s - 180, c.y * s - 90, (c.x + 1) * s - 180, (c.y + 1) * s - 90, 4490))), sum(c.row_count)::integer
		from generalised_cell c, lateral (select 360 / 2 ^ (c.level + 5) as s) side
		where c.dataset_id = $1
		group by c.level
		order by c.level`, id)
	if err != nil {
		t.Fatal(err)
	}
	levels, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		Level  int
		AreaM2 float64
		Rows   int
	}])
	if err != nil {
		t.Fatal(err)
	}
	whole := one[float64](t, pool, `select sum(ellipsoidal_area_m2) from forest`)
	if from := one[int](t, pool, `select shapes_from from generalised where dataset_id = $1`, id); len(levels) != from || from < 5 {
		t.Fatalf("%d levels, rows from %d", len(levels), from)
	}
	for _, l := range levels {
		if math.Abs(l.AreaM2/whole-1) > 1e-9 || l.Rows != 1603 {
			t.Errorf("level %d: %v m² of %v, %d rows of 1603", l.Level, l.AreaM2, whole, l.Rows)
		}
	}
}

// Of ground that rows lie upon twice a cell shows no more than the whole.
func TestSharesOfOverlappingRows(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	id := filed(t, pool, "2022-05-15", quilt+` union all select row_no + 2000, geom, '0305' from (`+quilt+`) again`)
	made(t, pool, id)
	whole := 0
	for _, c := range cells(t, pool, id) {
		if c.Level == 12 {
			whole++
			if c.Share != 1 || c.ClassShare > 1 || c.ClassShare < 0.74 {
				t.Errorf("%+v", c)
			}
		}
	}
	if whole != 256 {
		t.Errorf("%d cells", whole)
	}
}

// Rows of very many corners have copies that are valid, have fewer, and are nowhere
// further off than a level shows.
func TestShapes(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	id := filed(t, pool, "2022-05-15", scattered)
	made(t, pool, id)
	rows, err := pool.Query(t.Context(), `
		select s.level, s.row_no, st_isvalid(s.geom), st_npoints(s.geom), st_npoints(f.geom), st_hausdorffdistance(s.geom, f.geom)
		from generalised_shape s
		join forest f using (dataset_id, row_no)
		where s.dataset_id = $1
		order by s.row_no, s.level`, id)
	if err != nil {
		t.Fatal(err)
	}
	shapes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		Level, RowNo    int
		Valid           bool
		Corners, Of     int
		DistanceDegrees float64
	}])
	if err != nil {
		t.Fatal(err)
	}
	of := map[int]int{}
	for _, s := range shapes {
		of[s.RowNo]++
		// A speck is a square of four quarters of a pixel.
		if !s.Valid || s.Corners > s.Of/2 || s.DistanceDegrees > 3*generalise.ToleranceDegrees(s.Level) || s.Level != generalise.ShapeLevel(s.Level) {
			t.Errorf("%+v", s)
		}
	}
	if of[1601] != 8 || of[1603] != 8 || len(of) != 2 {
		t.Errorf("copies of rows: %v", of)
	}
}

// Copies that were broken off with their program or their database are gone on
// with, and come out as if they never had been.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	whole, broken := filed(t, pool, "2022-05-15", scattered), filed(t, pool, "2022-05-16", scattered)
	made(t, pool, whole)
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	if err := generalise.Make(ctx, pool, broken, func(int, int) { kill() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("killed: %v", err)
	}
	if done := one[int](t, pool, `select done_row_no from generalised where dataset_id = $1 and status = 'working'`, broken); done != 1000 {
		t.Fatalf("%d rows are done", done)
	}
	if due, err := generalise.Due(t.Context(), pool); err != nil || len(due) != 1 || due[0] != broken {
		t.Errorf("due: %v %v", due, err)
	}
	// What a step does goes with its connection.
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `select from generalised where dataset_id = $1 for update`, broken); err != nil {
			return err
		}
		failed := make(chan error, 1)
		go func() { failed <- generalise.Make(t.Context(), pool, broken, nil) }()
		for waiting := 0; waiting == 0; {
			// Not in the transaction, which would see who waits as it was at first.
			if err := pool.QueryRow(t.Context(), `
				select count(pg_terminate_backend(pid)) from pg_stat_activity
				where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`).Scan(&waiting); err != nil {
				return err
			}
		}
		if err := <-failed; err == nil {
			t.Error("nothing was said of a connection that broke")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	made(t, pool, broken)
	made(t, pool, broken) // once more does nothing
	a, b := cells(t, pool, whole), cells(t, pool, broken)
	if len(a) == 0 || len(a) != len(b) {
		t.Fatalf("%d and %d cells", len(a), len(b))
	}
	for i := range a {
		// The order in which areas are added is another.
		same := a[i]
		same.ClassShare, same.Share = b[i].ClassShare, b[i].Share
		if same != b[i] || math.Abs(a[i].Share-b[i].Share) > 1e-12 || math.Abs(a[i].ClassShare-b[i].ClassShare) > 1e-12 {
			t.Errorf("%+v, broken off %+v", a[i], b[i])
		}
	}
	if n := one[int](t, pool, `select count(*) from generalised_shape a full join generalised_shape b
		on b.dataset_id = $2 and (b.row_no, b.level) = (a.row_no, a.level) and b.geom = a.geom where a.dataset_id = $1 and b.row_no is null`, whole, broken); n != 0 {
		t.Errorf("%d shapes differ", n)
	}
}

// Copies that a person gives up are gone and not made again by themselves; those
// that were forgotten are.
func TestCancel(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	id := filed(t, pool, "2022-05-15", scattered)
	var cancelled bool
	err := generalise.Make(t.Context(), pool, id, func(done, total int) {
		var err error
		if cancelled, err = generalise.Cancel(t.Context(), pool, id); err != nil || done != 1000 || total != 1603 {
			t.Errorf("%d of %d: %v", done, total, err)
		}
	})
	if !errors.Is(err, generalise.ErrOver) || !cancelled {
		t.Errorf("%v, cancelled %v", err, cancelled)
	}
	if left := one[int](t, pool, `select (select count(*) from generalised_part) + (select count(*) from generalised_shape)`); left != 0 {
		t.Errorf("%d rows are left", left)
	}
	if err := generalise.Make(t.Context(), pool, id, nil); !errors.Is(err, generalise.ErrOver) {
		t.Errorf("made all the same: %v", err)
	}
	if due, err := generalise.Due(t.Context(), pool); err != nil || len(due) != 0 {
		t.Errorf("due: %v %v", due, err)
	}
	if again, err := generalise.Cancel(t.Context(), pool, id); err != nil || again {
		t.Errorf("cancelled again: %v %v", again, err)
	}
	if err := generalise.Forget(t.Context(), pool, id); err != nil {
		t.Fatal(err)
	}
	made(t, pool, id)
	if complete, err := generalise.Cancel(t.Context(), pool, id); err != nil || complete || len(cells(t, pool, id)) == 0 {
		t.Errorf("complete ones were cancelled: %v %v", complete, err)
	}
	if _, err := generalise.Cancel(t.Context(), pool, id+99); !errors.Is(err, generalise.ErrNotFound) {
		t.Errorf("no such dataset: %v", err)
	}
	// One that fails before it is begun fails for good too.
	other := filed(t, pool, "2022-05-16", quilt)
	if err := generalise.Fail(t.Context(), pool, other, "for a reason"); err != nil {
		t.Fatal(err)
	}
	all, err := generalise.List(t.Context(), pool)
	if err != nil || len(all) != 1 || all[0].DatasetID != other || all[0].Status != generalise.Failed || *all[0].Error != "for a reason" {
		t.Errorf("%+v %v", all, err)
	}
}

// The copies of a version go when another counts, and with the dataset.
func TestCopiesFollowTheVersion(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	first := filed(t, pool, "2022-05-15", quilt)
	made(t, pool, first)
	dropped := func(want int64) {
		t.Helper()
		if n, err := generalise.DropSuperseded(t.Context(), pool); err != nil || n != want {
			t.Errorf("dropped %d, want %d: %v", n, want, err)
		}
	}
	// A version of an earlier day counts never.
	filed(t, pool, "2022-05-14", quilt)
	dropped(0)
	if due, err := generalise.Due(t.Context(), pool); err != nil || len(due) != 0 {
		t.Errorf("due: %v %v", due, err)
	}
	second := filed(t, pool, "2022-05-15", quilt)
	dropped(1)
	if due, err := generalise.Due(t.Context(), pool); err != nil || len(due) != 1 || due[0] != second {
		t.Errorf("due: %v %v", due, err)
	}
	made(t, pool, second)
	if len(cells(t, pool, first)) != 0 || len(cells(t, pool, second)) == 0 {
		t.Error("the copies did not follow")
	}
	if _, err := pool.Exec(t.Context(), `delete from dataset where id = $1`, second); err != nil {
		t.Fatal(err)
	}
	if left := one[int](t, pool, `select count(*) from generalised_cell`); left != 0 {
		t.Errorf("%d cells of a dataset that is gone", left)
	}
}

// A dataset of no rows has copies: nothing.
func TestEmptyDataset(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	id := filed(t, pool, "2022-05-15", `select 1 as row_no, null::geometry as geom, '' as land_code where false`)
	made(t, pool, id)
	if s := one[string](t, pool, `select status from generalised where dataset_id = $1 and shapes_from = 0`, id); s != generalise.Complete {
		t.Error(s)
	}
	if err := generalise.Make(t.Context(), pool, id+1, nil); !errors.Is(err, generalise.ErrNotFound) {
		t.Errorf("no such dataset: %v", err)
	}
}
