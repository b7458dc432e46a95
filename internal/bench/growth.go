package bench

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Growth runs each of some sizes, in turns, on two connections, and returns a
// table of what a run takes for each mine and each parcel it touches.
func Growth(ctx context.Context, sizes []string, rounds int, open func(size string, fn func(Database) error) error, progress func(string)) (string, error) {
	type grown struct {
		mines, pairs            int
		programMB, connectionMB float64
	}
	found := make(map[string]grown)
	var variants []variant
	for _, size := range sizes {
		variants = append(variants, variant{size, func(ctx context.Context) (times map[string]took, err error) {
			err = open(size, func(db Database) error {
				if err := dropChanged(ctx, db); err != nil {
					return err
				}
				r, err := ours(ctx, db, 2, nil, false)
				if err != nil {
					return err
				}
				g := found[size]
				err = db.Pool.QueryRow(ctx, sqlTouchedPairs.SQL(), pgx.StrictNamedArgs{"run_id": r.ID}).Scan(&g.mines, &g.pairs)
				if err != nil {
					return err
				}
				g.programMB, g.connectionMB = max(g.programMB, r.programMB), max(g.connectionMB, r.connectionMB)
				found[size], times = g, map[string]took{size: r.took}
				return forget(ctx, db)
			})
			return times, err
		}})
	}
	times, err := takeTurns(ctx, rounds, variants, progress)
	if err != nil {
		return "", err
	}
	// Each size by the first, round by round: 1 is as much for a pair.
	var rows [][]string
	first := found[sizes[0]]
	for _, size := range sizes {
		g := found[size]
		grew, busy := ratios(times.wall(size), times.wall(sizes[0])), ratios(times.processor(size), times.processor(sizes[0]))
		for _, list := range [][]float64{grew, busy} {
			for i := range list {
				list[i] *= float64(first.pairs) / float64(g.pairs)
			}
		}
		rows = append(rows, []string{
			size, fmt.Sprint(g.mines), fmt.Sprint(g.pairs), times.seconds(size)[0], fmt.Sprintf("%.2f", 1000*spreadOf(times.wall(size)).median/float64(g.pairs)),
			"**" + spreadOf(grew).String() + "**", spreadOf(busy).String(), fmt.Sprintf("%.0f", g.programMB), fmt.Sprintf("%.0f", g.connectionMB),
		})
	}
	return fmt.Sprintf("Medians of %d rounds on two connections, least and most in brackets; a pair is a mine and a parcel that it touches.\n\n%s", rounds,
		table([]string{"size", "mines", "pairs", "seconds", "ms a pair", "× linear, ≤ 1.15", "by processor time", "program MB", "connection MB"}, rows)), nil
}
