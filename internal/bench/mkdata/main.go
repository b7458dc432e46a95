// Mkdata draws made counties into a database, for measurements:
//
//	go run ./internal/bench/mkdata -size county
//
// into the database bench_county of the private cluster, made when it is not
// there, or into the empty one that DATABASE_URL names.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/bench"
	"github.com/taohe-gis/taohe/internal/bench/made"
)

func main() {
	dir := flag.String("data-dir", "", "data directory of the private cluster; taohe's own with -bench behind it when empty")
	size := flag.String("size", "county", "township, county, city or province")
	counties := flag.Int("counties", 0, "cut the same ground into so many counties")
	seed := flag.Int("seed", 1, "what everything is drawn from")
	workers := flag.Int("workers", 2, "tables written at a time")
	again := flag.Bool("again", false, "drop what the database holds first")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := draw(ctx, *dir, *size, *counties, *seed, *workers, *again); err != nil {
		fmt.Fprintln(os.Stderr, "mkdata:", err)
		os.Exit(1)
	}
}

func draw(ctx context.Context, dir, name string, counties, seed, workers int, again bool) error {
	size, err := made.ParseSize(name)
	if err != nil {
		return err
	}
	if counties > 0 {
		size.Counties = counties
	}
	start := time.Now()
	return bench.WithDatabase(ctx, bench.DatabaseOptions{DataDir: dir, Name: "bench_" + name, Again: again}, func(db bench.Database) error {
		err := made.Write(ctx, db.Pool, made.Options{
			Size: size, Seed: seed, Workers: workers,
			Progress: func(layer taohe.Layer, county string, rows int) {
				fmt.Printf("%6.1f s  %s  %-14s %9d rows\n", time.Since(start).Seconds(), county, layer, rows)
			},
		})
		if errors.Is(err, made.ErrOtherData) {
			return fmt.Errorf("%w; -again drops it", err)
		}
		if err == nil {
			fmt.Printf("%6.1f s  %s is there\n", time.Since(start).Seconds(), db.Name)
		}
		return err
	})
}
