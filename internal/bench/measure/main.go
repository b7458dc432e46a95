// Measure prints how long runs and loads take beside others, in Markdown:
//
//	go run ./internal/bench/measure -size county
//	go run ./internal/bench/measure -growth county,city,province
//	go run ./internal/bench/measure -load 1000000
//	go run ./internal/bench/measure -size county -readers 200
//	go run ./internal/bench/measure -soak 1h
//	go run ./internal/bench/measure -tiles county
//
// The counties are those that mkdata draws; they are drawn when they are not
// there. Figures that differ between ways are an error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/taohe-gis/taohe/internal/bench"
	"github.com/taohe-gis/taohe/internal/bench/made"
)

type options struct {
	dir, size, growth, out string
	tiles, web             string
	load, rounds, readers  int
	geos, desktop, again   bool
	soak                   time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.dir, "data-dir", "", "data directory of the private cluster; taohe's own with -bench behind it when empty")
	flag.StringVar(&o.size, "size", "", "overlay this size: township, county, city or province")
	flag.StringVar(&o.growth, "growth", "", "run these sizes beside each other, comma between")
	flag.IntVar(&o.load, "load", 0, "load so many parcels")
	flag.IntVar(&o.readers, "readers", 0, "instead of overlaying, have so many read reports at once beside a run")
	flag.DurationVar(&o.soak, "soak", 0, "have the service used in all ways at once for so long")
	flag.StringVar(&o.tiles, "tiles", "", "make tiles of this size")
	flag.StringVar(&o.web, "web", "", "have a browser look at the map of this size")
	flag.BoolVar(&o.again, "again", false, "make the generalised copies of -tiles anew")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each way has its turn")
	flag.BoolVar(&o.geos, "geos", true, "also measure GEOS in memory, where it can be built")
	flag.BoolVar(&o.desktop, "desktop", true, "also measure ogr2ogr and QGIS, where they are installed")
	flag.StringVar(&o.out, "out", "", "file to write to as well")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, o options) (err error) {
	out := io.Writer(os.Stdout)
	if o.out != "" {
		f, err := os.Create(o.out)
		if err != nil {
			return err
		}
		defer f.Close()
		out = io.MultiWriter(out, f)
	}
	start := time.Now()
	progress := func(text string) { fmt.Fprintf(os.Stderr, "%7.1f s  %s\n", time.Since(start).Seconds(), text) }
	open := func(size string, fn func(bench.Database) error) error { return o.open(ctx, size, progress, fn) }
	fmt.Fprintf(out, "%s, %d processors, commit %s\n\n", runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(), commit(ctx))
	if o.readers > 0 {
		fmt.Fprintf(out, "## Readers, %s\n\n", o.size)
		return open(o.size, func(db bench.Database) error {
			page, err := bench.Readers(ctx, db, bench.ReadersOptions{Readers: o.readers, For: time.Minute, Progress: progress})
			fmt.Fprintln(out, page)
			return err
		})
	}
	if o.size != "" {
		fmt.Fprintf(out, "## Overlay, %s\n\n", o.size)
		err := open(o.size, func(db bench.Database) error {
			page, err := bench.Overlay(ctx, db, bench.OverlayOptions{Rounds: o.rounds, GEOS: o.geos, Desktop: o.desktop, Progress: progress})
			fmt.Fprintln(out, page)
			return err
		})
		if err != nil {
			return err
		}
	}
	if o.soak > 0 {
		fmt.Fprintf(out, "## Soak\n\n")
		err := bench.WithDatabase(ctx, bench.DatabaseOptions{DataDir: o.dir, Name: "bench_soak", Again: os.Getenv("DATABASE_URL") == ""}, func(db bench.Database) error {
			page, err := bench.Soak(ctx, db, bench.SoakOptions{For: o.soak, Progress: progress})
			fmt.Fprintln(out, page)
			return err
		})
		if err != nil {
			return err
		}
	}
	if o.load > 0 {
		fmt.Fprintf(out, "## Load\n\n")
		err := bench.WithDatabase(ctx, bench.DatabaseOptions{DataDir: o.dir, Name: "bench_load"}, func(db bench.Database) error {
			page, err := bench.Load(ctx, db, o.load, o.rounds, progress)
			fmt.Fprintln(out, page)
			return err
		})
		if err != nil {
			return err
		}
	}
	if o.tiles != "" {
		fmt.Fprintf(out, "## Tiles, %s\n\n", o.tiles)
		err := open(o.tiles, func(db bench.Database) error {
			page, err := bench.Tiles(ctx, db, o.rounds, o.again, progress)
			fmt.Fprintln(out, page)
			return err
		})
		if err != nil {
			return err
		}
	}
	if o.web != "" {
		fmt.Fprintf(out, "## The map in a browser, %s\n\n", o.web)
		err := open(o.web, func(db bench.Database) error {
			page, err := bench.Web(ctx, db, o.rounds, progress)
			fmt.Fprintln(out, page)
			return err
		})
		if err != nil {
			return err
		}
	}
	if o.growth != "" {
		fmt.Fprintf(out, "## Growth\n\n")
		sizes := strings.Split(o.growth, ",")
		for _, size := range sizes { // drawn beforehand, so that no run follows a load
			if err := open(size, func(bench.Database) error { return nil }); err != nil {
				return err
			}
		}
		page, err := bench.Growth(ctx, sizes, o.rounds, open, progress)
		fmt.Fprintln(out, page)
		return err
	}
	return nil
}

// open hands over the database of a size, drawn if it is not there.
func (o options) open(ctx context.Context, name string, progress func(string), fn func(bench.Database) error) error {
	size, err := made.ParseSize(name)
	if err != nil {
		return err
	}
	return bench.WithDatabase(ctx, bench.DatabaseOptions{DataDir: o.dir, Name: "bench_" + name}, func(db bench.Database) error {
		err := made.Write(ctx, db.Pool, made.Options{Size: size, Seed: 1})
		if errors.Is(err, made.ErrOtherData) {
			return fmt.Errorf("%w than this version draws: make bench-data SIZE=%s AGAIN=-again", err, name)
		}
		if err != nil {
			return fmt.Errorf("draw %s: %w", name, err)
		}
		progress(name + " is there")
		return fn(db)
	})
}

func commit(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
