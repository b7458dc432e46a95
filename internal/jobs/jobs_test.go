package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/taohe-gis/taohe/internal/jobs"
)

// Jobs of one kind queue up behind their limit; another kind does not wait.
func TestStartBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := jobs.New(nil, jobs.Limit{Kind: "dataset", AtATime: 2})
		release := make(chan struct{})
		var mu sync.Mutex
		running, most := map[string]int{}, map[string]int{}
		start := func(key, kind string) {
			t.Helper()
			err := j.Start(key, func(context.Context) error {
				mu.Lock()
				running[kind]++
				most[kind] = max(most[kind], running[kind])
				mu.Unlock()
				<-release
				mu.Lock()
				running[kind]--
				mu.Unlock()
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		for _, n := range []string{"1", "2", "3", "4", "5"} {
			start("dataset/"+n, "dataset")
			start("run/"+n, "run")
		}
		synctest.Wait()
		mu.Lock()
		if running["dataset"] != 2 || running["run"] != 1 {
			t.Errorf("running %v, want 2 datasets and 1 run", running)
		}
		mu.Unlock()
		close(release)
		synctest.Wait()
		if most["dataset"] != 2 || most["run"] != 1 || running["dataset"]+running["run"] != 0 {
			t.Errorf("most %v, still running %v", most, running)
		}
		if j.Active("run/1") {
			t.Error("run/1 is active after its end")
		}
	})
}

func TestStartTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := jobs.New(nil)
		release := make(chan struct{})
		wait := func(context.Context) error { <-release; return nil }
		if err := j.Start("run/1", wait); err != nil {
			t.Fatal(err)
		}
		if err := j.Start("run/1", wait); !errors.Is(err, jobs.ErrTaken) {
			t.Errorf("got %v, want ErrTaken", err)
		}
		close(release)
		synctest.Wait()
		if err := j.Start("run/1", wait); err != nil {
			t.Errorf("after its end: %v", err)
		}
		synctest.Wait()
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := jobs.New(nil)
		ended := map[string]error{}
		var mu sync.Mutex
		job := func(key string) {
			if err := j.Start(key, func(ctx context.Context) error {
				<-ctx.Done()
				mu.Lock()
				ended[key] = ctx.Err()
				mu.Unlock()
				return ctx.Err()
			}); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		job("run/1")
		job("run/2") // waits for its turn
		if j.Cancel("run/3") {
			t.Error("cancelled a job that is not there")
		}
		if !j.Cancel("run/2") {
			t.Error("run/2 was not there to cancel")
		}
		synctest.Wait()
		if len(ended) != 1 || !errors.Is(ended["run/2"], context.Canceled) {
			t.Errorf("ended %v, want run/2 called with a context that is over", ended)
		}
		if !j.Cancel("run/1") {
			t.Error("run/1 was not there to cancel")
		}
		synctest.Wait()
		if len(ended) != 2 {
			t.Errorf("ended %v, want both", ended)
		}
	})
}

func TestPanicIsAnEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		j := jobs.New(slog.New(slog.NewTextHandler(&out, nil)))
		if err := j.Start("run/1", func(context.Context) error { panic("a bug") }); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		ran := false
		if err := j.Start("run/2", func(context.Context) error { ran = true; return nil }); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !ran {
			t.Error("the job after the panic did not run")
		}
		if text := out.String(); !strings.Contains(text, "a bug") || !strings.Contains(text, "run/1") || !strings.Contains(text, "jobs_test.go") {
			t.Errorf("log says %q", text)
		}
	})
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := jobs.New(nil)
		var put atomic.Int32
		for _, key := range []string{"run/1", "run/2"} {
			if err := j.Start(key, func(ctx context.Context) error {
				<-ctx.Done()
				put.Add(1)
				return ctx.Err()
			}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if err := j.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if put.Load() != 2 {
			t.Errorf("%d jobs put their things away, want 2", put.Load())
		}
		if err := j.Start("run/3", func(context.Context) error { return nil }); !errors.Is(err, jobs.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	})
}

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := jobs.New(nil)
		release := make(chan struct{})
		if err := j.Start("run/1", func(context.Context) error { <-release; return nil }); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := j.Shutdown(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		close(release)
		synctest.Wait()
	})
}
