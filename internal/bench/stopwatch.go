package bench

import (
	"context"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// connections are the server's processes for the connections of a name.
func connections(ctx context.Context, pool *pgxpool.Pool, name string) ([]int, error) {
	var pids []int
	err := pool.QueryRow(ctx, `select coalesce(array_agg(pid), '{}') from pg_stat_activity where application_name = $1`, name).Scan(&pids)
	return pids, err
}

// stopwatchOn begins to measure what a pool's connections and this program do;
// what it returns says what it took so far.
func stopwatchOn(ctx context.Context, pool *pgxpool.Pool) func() (took, error) {
	name := pool.Config().ConnConfig.RuntimeParams["application_name"]
	worked := func() (float64, error) {
		sum := processorSeconds(os.Getpid())
		pids, err := connections(ctx, pool, name)
		for _, pid := range pids {
			sum += processorSeconds(pid)
		}
		return sum, err
	}
	before, err := worked()
	start := time.Now()
	return func() (took, error) {
		wall := time.Since(start).Seconds()
		if err != nil {
			return took{}, err
		}
		after, err := worked()
		return took{wall, after - before}, err
	}
}
