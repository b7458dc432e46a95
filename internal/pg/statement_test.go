package pg_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, sql string
		args      []string
		fault     string
	}{
		{name: "arguments named", sql: "-- two: adds.\n-- @a  first; @b second\nselect @a::int + @b::int;\n", args: []string{"a", "b"}},
		{name: "no arguments", sql: "-- one: is one.\nselect 1", args: nil},
		{name: "argument in quotes is text", sql: "-- mail: has a sign.\nselect 'x@y'", args: nil},
		{name: "argument named twice", sql: "-- twice: @a, and again @a.\nselect @a::int", args: []string{"a"}},
		{name: "no head comment", sql: "select 1", fault: "no head comment"},
		{name: "argument not in the comment", sql: "-- two: adds.\n-- @a first\nselect @a::int + @b::int", fault: "differ"},
		{name: "argument not in the statement", sql: "-- one: adds.\n-- @a first; @b second\nselect @a::int", fault: "differ"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := pg.Load(fstest.MapFS{"sql/case.sql": {Data: []byte(tt.sql)}}, "sql/case.sql")
			if tt.fault != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fault) || !strings.Contains(err.Error(), "sql/case.sql") {
					t.Errorf("got %v, want an error naming the file and %q", err, tt.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.Args(), tt.args) || s.Name() != "case" {
				t.Errorf("got %s%v, want case%v", s.Name(), s.Args(), tt.args)
			}
		})
	}
}

func TestLoadMissingFile(t *testing.T) {
	t.Parallel()
	if _, err := pg.Load(fstest.MapFS{}, "absent.sql"); err == nil {
		t.Error("loaded a file that is not there")
	}
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	conn, err := pgtest.New(t).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	files := fstest.MapFS{
		"good.sql":     {Data: []byte("-- good: a system by number; @srid.\nselect auth_name from spatial_ref_sys where srid = @srid")},
		"misspelt.sql": {Data: []byte("-- misspelt: a column that is not there.\nselect srtexd from spatial_ref_sys")},
		"two.sql":      {Data: []byte("-- two: statements, not one.\nselect 1; select 2")},
	}
	all, err := pg.LoadAll(files)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"good": "", "misspelt": "srtexd", "two": "multiple commands"}
	if len(all) != len(want) {
		t.Fatalf("loaded %d files, want %d", len(all), len(want))
	}
	for _, s := range all {
		err := s.Prepare(t.Context(), conn.Conn())
		if fault := want[s.Name()]; fault == "" && err != nil {
			t.Error(err)
		} else if fault != "" && (err == nil || !strings.Contains(err.Error(), fault)) {
			t.Errorf("%s: got %v, want an error with %q", s.Name(), err, fault)
		}
	}
}
