package shp_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/ingest/record"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	square := polygon(5, nil, cw(0, 0, 1))
	for _, c := range []struct {
		name string
		set  func(*record.Limits)
		rows int
		code string
	}{
		{"rows", func(l *record.Limits) { l.MaxRows = 2 }, 2, "file.limit"},
		{"bytes", func(l *record.Limits) { l.MaxBytes = 500 }, 0, "file.limit"},
		{"vertices", func(l *record.Limits) { l.MaxVertices = 4 }, 3, "geometry.limit"},
		{"parts", func(l *record.Limits) { l.MaxParts = 0 }, 3, "geometry.limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lim := record.DefaultLimits()
			c.set(&lim)
			r := read(t, lim, "", map[string][]byte{"a.shp": shpFile(5, square, square, square), "a.dbf": dbfFile(0x4D, "x", "y", "z")})
			if len(r.rows) != c.rows || !slices.Contains(r.codes(), c.code) {
				t.Errorf("%d rows and %v, want %d and %s", len(r.rows), r.codes(), c.rows, c.code)
			}
		})
	}
	lim := record.DefaultLimits()
	lim.MaxFields = 1
	_, err := open(lim, "", map[string][]byte{
		"a.shp": nulls(0), "a.dbf": dbfHead(3, 0, 0, 0, fieldDef{"A", 'C', 1, 0}, fieldDef{"B", 'C', 1, 0}),
	})
	if codes := refusedCodes(err); !slices.Equal(codes, []string{"file.limit"}) {
		t.Errorf("fields: %v, want file.limit", err)
	}
}

// TestRingsMadeToCostTime holds that a record of squares one inside the other,
// each asking about all around it, is refused and not worked at for ever.
func TestRingsMadeToCostTime(t *testing.T) {
	t.Parallel()
	var rings []xy
	for i := range 20_000 {
		rings = append(rings, cw(float64(i), float64(i), float64(100_000-2*i)))
	}
	r := read(t, record.DefaultLimits(), "", map[string][]byte{"a.shp": shpFile(5, polygon(5, nil, rings...)), "a.dbf": dbfFile(0x4D, "x")})
	if !slices.Equal(r.codes(), []string{"geometry.limit"}) {
		t.Errorf("%v, want geometry.limit", r.codes())
	}
}

func TestCancelAndStop(t *testing.T) {
	t.Parallel()
	l, err := open(record.DefaultLimits(), "", map[string][]byte{"a.shp": nulls(3), "a.dbf": dbfFile(0, "x", "y", "z")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	rows := 0
	var last error
	for _, err := range l.Records(ctx) {
		if last = err; err == nil {
			rows++
			cancel()
		}
	}
	if rows != 1 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d rows and %v, want 1 and the context's error", rows, last)
	}
	for range 2 { // may be read again, and left at any row
		for r, err := range l.Records(context.Background()) {
			if err != nil || r.Row != 1 {
				t.Errorf("row %d, %v; want row 1", r.Row, err)
			}
			break
		}
	}
}
