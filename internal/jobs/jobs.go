// Package jobs runs long work behind the requests that ask for it: a few at a
// time of each kind, each to be cancelled by its key, none lost to a panic. It
// keeps nothing: what a job did is where the job stored it, and what was queued
// when the program died is closed when it starts again.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
)

// The reasons why Start takes no job.
var (
	// ErrClosed is returned by Start once Shutdown was called.
	ErrClosed = errors.New("jobs: shutting down")
	// ErrTaken is returned by Start while a job of the same key is not over.
	ErrTaken = errors.New("jobs: a job of this key is not over")
)

// A Limit says how many jobs of a kind run at a time.
type Limit struct {
	// Kind is what stands before the "/" of a key.
	Kind    string
	AtATime int
}

// Jobs are the jobs of one program.
type Jobs struct {
	log    *slog.Logger
	limits map[string]int

	mu     sync.Mutex
	closed bool
	active map[string]context.CancelFunc
	slots  map[string]chan struct{}
	wg     sync.WaitGroup
}

// New returns an empty set of jobs; log may be nil. Of a kind without a limit
// one job runs at a time, the others wait in no particular order.
func New(log *slog.Logger, limits ...Limit) *Jobs {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	j := &Jobs{log: log, limits: map[string]int{}, active: map[string]context.CancelFunc{}, slots: map[string]chan struct{}{}}
	for _, l := range limits {
		j.limits[l.Kind] = l.AtATime
	}
	return j
}

// Start queues fn under a key such as "run/12" and returns at once. When it
// returns nil, fn is called exactly once: in its turn, or, when the job is
// cancelled before that, at once with a context that is over, so that it can
// put away what it holds. An error or panic of fn is logged and ends the job.
func (j *Jobs) Start(key string, fn func(ctx context.Context) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return ErrClosed
	}
	if _, taken := j.active[key]; taken {
		return fmt.Errorf("%w: %s", ErrTaken, key)
	}
	ctx, cancel := context.WithCancel(context.Background())
	j.active[key] = cancel
	slot := j.slot(key)
	j.wg.Go(func() {
		defer func() {
			j.mu.Lock()
			delete(j.active, key)
			j.mu.Unlock()
			cancel()
		}()
		select {
		case slot <- struct{}{}:
			defer func() { <-slot }()
		case <-ctx.Done():
		}
		if err := call(ctx, fn); err != nil && ctx.Err() == nil {
			j.log.Error("job failed", "job", key, "err", err)
		} else if err != nil {
			j.log.Info("job cancelled", "job", key, "err", err)
		}
	})
	return nil
}

func (j *Jobs) slot(key string) chan struct{} {
	kind, _, _ := strings.Cut(key, "/")
	if j.slots[kind] == nil {
		j.slots[kind] = make(chan struct{}, max(j.limits[kind], 1))
	}
	return j.slots[kind]
}

// A PanicError is a panic of a job, as an error.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

func call(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return fn(ctx)
}

// Cancel ends the context of a job, queued or running, and reports whether
// there was one. It does not wait for the job to end.
func (j *Jobs) Cancel(key string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	cancel, ok := j.active[key]
	if ok {
		cancel()
	}
	return ok
}

// Active reports whether a job of the key is queued or running.
func (j *Jobs) Active(key string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, ok := j.active[key]
	return ok
}

// Shutdown takes no more jobs, cancels those there are and waits until they
// have ended, or until ctx is over, whose error it then returns.
func (j *Jobs) Shutdown(ctx context.Context) error {
	j.mu.Lock()
	j.closed = true
	for _, cancel := range j.active {
		cancel()
	}
	j.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		j.wg.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("jobs: shut down: %w", context.Cause(ctx))
	}
}
