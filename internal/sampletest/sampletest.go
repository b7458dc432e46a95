// Package sampletest gives tests databases that hold the sample county, each
// test a copy of its own. Imported by _test.go files only.
package sampletest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// Manifest is that of the sample county.
func Manifest(t testing.TB) demo.Manifest {
	t.Helper()
	m, err := demo.ReadManifest(sampledata.FS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Loaded is the connection string of a database in which the layers of the
// sample county named, all when none is, are accepted and nothing was run.
func Loaded(t testing.TB, layers ...string) string {
	t.Helper()
	m := chosen(t, layers)
	return pgtest.From(t, fmt.Sprint("sample county ", layers), func(ctx context.Context, dsn string) error {
		return with(ctx, dsn, func(p *pipeline.Pipeline) error { return demo.Load(ctx, p, sampledata.FS, m, nil) })
	})
}

// Run is Loaded with one complete run, number 1, as of the manifest's day.
func Run(t testing.TB, layers ...string) string {
	t.Helper()
	m := chosen(t, layers)
	return pgtest.From(t, fmt.Sprint("sample county with a run ", layers), func(ctx context.Context, dsn string) error {
		return with(ctx, dsn, func(p *pipeline.Pipeline) error {
			if err := demo.Load(ctx, p, sampledata.FS, m, nil); err != nil {
				return err
			}
			id, err := p.BeginRun(ctx, m.AsOf, nil)
			if err != nil {
				return err
			}
			if id != 1 {
				return fmt.Errorf("the first run is number %d", id)
			}
			return p.ExecuteRun(ctx, id, nil)
		})
	})
}

func chosen(t testing.TB, layers []string) demo.Manifest {
	t.Helper()
	m := Manifest(t)
	if len(layers) > 0 {
		m.Datasets = slices.DeleteFunc(m.Datasets, func(d demo.UploadFile) bool { return !slices.Contains(layers, d.Layer) })
	}
	return m
}

// with has a pipeline do something in a database and leave it.
func with(ctx context.Context, dsn string, do func(*pipeline.Pipeline) error) error {
	pool, err := pg.Open(ctx, dsn, pg.Options{ApplicationName: "taohe test", MaxConns: 4})
	if err != nil {
		return err
	}
	defer pool.Close()
	p, err := pipeline.New(pool, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	return do(p)
}
