package pg_test

import (
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/migrations"
)

// shapeSQL lists everything that migrations make: columns, indexes, constraints,
// triggers and functions, and how each is defined.
const shapeSQL = `
select what from (
    select format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) as what
    from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped
    union all select format('index %s', pg_get_indexdef(i.indexrelid)) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace
    union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 'public'::regnamespace
    union all select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
    union all select format('function %s %s', p.oid::regprocedure, md5(prosrc)) from pg_proc p
    where pronamespace = 'public'::regnamespace and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
) as shape order by what`

func shape(t *testing.T, dsn string) []string {
	t.Helper()
	rows, err := connect(t, dsn).Query(t.Context(), shapeSQL)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[*string])
	if err != nil {
		t.Fatal(err)
	}
	text := make([]string, len(lines))
	for i, l := range lines {
		if l != nil {
			text[i] = *l
		}
	}
	return text
}

// From every earlier schema, with a county in it, the newest is reached, the same
// as from nothing, and the county is there.
func TestUpgradeFromEverySchema(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	want := shape(t, pgtest.DSN(t))
	for n := 1; n < len(files); n++ {
		t.Run(fmt.Sprint("from ", files[n-1]), func(t *testing.T) {
			t.Parallel()
			dsn := pgtest.EmptyDSN(t)
			earlier := fstest.MapFS{}
			for _, name := range files[:n] {
				b, err := fs.ReadFile(migrations.FS, name)
				if err != nil {
					t.Fatal(err)
				}
				earlier[name] = &fstest.MapFile{Data: b}
			}
			if err := pg.MigrateWith(t.Context(), dsn, earlier); err != nil {
				t.Fatal(err)
			}
			conn := connect(t, dsn)
			if n >= 2 {
				if _, err := conn.Exec(t.Context(), `insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(109, 40, 110, 41, 4490))`); err != nil {
					t.Fatal(err)
				}
			}
			if err := pg.Migrate(t.Context(), dsn); err != nil {
				t.Fatal(err)
			}
			if err := pg.CheckWith(t.Context(), conn, migrations.FS); err != nil {
				t.Error(err)
			}
			if n >= 2 {
				var name string
				if err := conn.QueryRow(t.Context(), `select name from county`).Scan(&name); err != nil || name != "示例旗" {
					t.Errorf("the county is %q: %v", name, err)
				}
			}
			got := shape(t, dsn)
			// A county that was there before its tables has them too.
			for _, line := range want {
				if !slices.Contains(got, line) {
					t.Errorf("upgraded, there is no %s", line)
				}
			}
		})
	}
}
