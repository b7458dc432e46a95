package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
)

const eventType = "text/event-stream"

const (
	// eventEvery is how often a follower's run or job is looked at.
	eventEvery = 500 * time.Millisecond
	// eventSilence is how long a follower hears nothing at most, so that what stands
	// in between does not take the connection for dead.
	eventSilence = 15 * time.Second
)

func (s *service) followRun(ctx context.Context, in *RunPath) (*huma.StreamResponse, error) {
	return s.follow(ctx, func() (any, bool, error) {
		r, err := s.Pipeline.Run(ctx, in.ID)
		return runLine(r), r.FinishedAt != nil, err
	})
}

func (s *service) followJob(ctx context.Context, in *JobPath) (*huma.StreamResponse, error) {
	return s.follow(ctx, func() (any, bool, error) {
		j, err := s.Pipeline.Job(ctx, in.ID)
		return jobBody(j), j.FinishedAt != nil, err
	})
}

// follow tells how something is, now and whenever that changes, until it is over,
// the client hangs up or the service stops. What fails at once is a problem; later the connection
// is broken off, and who follows asks again.
func (s *service) follow(ctx context.Context, look func() (state any, over bool, err error)) (*huma.StreamResponse, error) {
	state, over, err := look()
	if err != nil {
		return nil, err
	}
	return streamEvents(func(w *events) error {
		tick := time.NewTicker(eventEvery)
		defer tick.Stop()
		for {
			if err := w.tell(state, over); err != nil || over {
				return err
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return nil
			case <-s.Stopping:
				return nil
			}
			if state, over, err = look(); err != nil {
				return err
			}
		}
	}), nil
}

// events writes server-sent events.
type events struct {
	w       io.Writer
	c       *http.ResponseController
	last    []byte
	silence time.Duration
}

func streamEvents(write func(*events) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", eventType)
		ctx.SetStatus(http.StatusOK)
		_, w := humachi.Unwrap(ctx)
		if err := write(&events{w: w, c: http.NewResponseController(w)}); err != nil {
			panic(fmt.Errorf("write events: %w", err))
		}
	}}
}

// tell sends a state that is not the last one sent, and now and then a comment in
// its place.
func (e *events) tell(state any, over bool) error {
	data, err := json.Marshal(state)
	if err != nil {
		return err
	}
	name := "progress"
	if over {
		name = "end"
	}
	text := []byte(fmt.Sprintf("event: %s\ndata: %s\n\n", name, data))
	switch {
	case !bytes.Equal(text, e.last):
		e.last, e.silence = text, 0
	case e.silence >= eventSilence:
		text, e.silence = []byte(":\n\n"), 0
	default:
		e.silence += eventEvery
		return nil
	}
	_ = e.c.SetWriteDeadline(time.Now().Add(writeTimeout)) // recorders in tests have none
	if _, err := e.w.Write(text); err != nil {
		return err
	}
	return e.c.Flush()
}
