package bench

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed compare/*.sql
var compareFS embed.FS

// A figure as a run has it and as the naive statements have it.
type figure struct {
	What        string
	Ours, Naive float64
}

// What two figures may differ by is what a sum may from its parts: a 1e-9, or
// 0.01 m². Most agree to the last digits of their corners. Where one way cuts an
// edge of 70 m that the other leaves whole (along the border of a piece that a
// large row is kept in, or of a parcel), the edge has a corner more, and the
// projection takes it for two chords in place of one: up to 0.002 m² each.
//
// A row that is cited whole counts with the area it is stored with, by the
// trapezoid sum of ingest; along edges of 70 m that is up to 2e-8 from the
// projection of PostGIS.
const (
	relativeTolerance   = 1e-9
	storedTolerance     = 3e-8
	absoluteToleranceM2 = 0.01
)

// excess is how many times what it may a figure of a kind differs by.
func (f figure) excess(kind string) float64 {
	relative := relativeTolerance
	if kind == "citation" {
		relative = storedTolerance
	}
	return math.Abs(f.Ours-f.Naive) / math.Max(relative*math.Max(f.Ours, f.Naive), absoluteToleranceM2)
}

// relative difference of a figure of at least a square metre.
func (f figure) relative() float64 {
	if most := math.Max(f.Ours, f.Naive); most >= 1 {
		return math.Abs(f.Ours-f.Naive) / most
	}
	return 0
}

// A comparison is all figures of one kind, held against each other.
type comparison struct {
	name    string
	figures int
	// worst is the relatively largest difference, furthestM2 the largest; beyond
	// is how many differ by more than a 1e-9 and 0.0001 m², which may be so.
	worst      figure
	furthestM2 float64
	beyond     int
	// apart are those that differ by more than they may, the worst first.
	apart []figure
}

// compared holds what a run found against the naive tables.
func compared(ctx context.Context, db ingest.Querier, name string, runID int64) (comparison, error) {
	s, err := pg.Load(compareFS, "compare/"+name+".sql")
	if err != nil {
		return comparison{}, err
	}
	rows, err := db.Query(ctx, s.SQL(), pgx.StrictNamedArgs{"run_id": runID})
	if err != nil {
		return comparison{}, fmt.Errorf("compare %s: %w", name, err)
	}
	figures, err := pgx.CollectRows(rows, pgx.RowToStructByName[figure])
	if err != nil {
		return comparison{}, fmt.Errorf("compare %s: %w", name, err)
	}
	c := comparison{name: name, figures: len(figures)}
	for _, f := range figures {
		if f.relative() > c.worst.relative() {
			c.worst = f
		}
		if off := math.Abs(f.Ours - f.Naive); off > max(1e-4, relativeTolerance*max(f.Ours, f.Naive)) {
			c.beyond++
		}
		c.furthestM2 = max(c.furthestM2, math.Abs(f.Ours-f.Naive))
		if f.excess(name) > 1 {
			c.apart = append(c.apart, f)
		}
	}
	slices.SortFunc(c.apart, func(a, b figure) int { return cmp.Compare(b.excess(name), a.excess(name)) })
	return c, nil
}

func (c comparison) String() string {
	return fmt.Sprintf("figures: %d of %s, %d too far apart, %.1e or %.1e m² at worst", c.figures, c.name, len(c.apart), c.worst.relative(), c.furthestM2)
}

func (c comparison) fault() error {
	switch {
	case c.figures == 0:
		return fmt.Errorf("%s: there is nothing to compare", c.name)
	case len(c.apart) > 0:
		f := c.apart[0]
		return fmt.Errorf("%s: %d of %d figures differ, the worst %s: %.6f, naively %.6f", c.name, len(c.apart), c.figures, f.What, f.Ours, f.Naive)
	}
	return nil
}
