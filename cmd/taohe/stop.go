package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/taohe-gis/taohe/api"
)

// lastWords is how long requests that are not waited for any longer may take to be
// told so.
const lastWords = 5 * time.Second

// A stoppable server answers all requests that it took, late ones with a refusal.
type stoppable struct {
	*http.Server
	// hurry ends what is being done for requests.
	hurry context.CancelCauseFunc
}

func newStoppable(server *http.Server) stoppable {
	requests, hurry := context.WithCancelCause(context.Background())
	server.BaseContext = func(net.Listener) context.Context { return requests }
	return stoppable{server, hurry}
}

// stop takes no more requests, and lets those that there are end within so long.
func (s stoppable) stop(within time.Duration) error {
	end := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		return s.Shutdown(ctx)
	}
	err := end(within)
	if errors.Is(err, context.DeadlineExceeded) {
		s.hurry(api.ErrStopping)
		err = end(lastWords)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close()
	}
	return err
}

// stop lets requests end, then gives the work behind them back to the queue.
func (c *serveCmd) stop(s *session, server stoppable, worker *companion) error {
	fmt.Fprintln(s.out, "正在停止：等待请求结束。没有做完的导入、套合和任务留在队列中，下次启动后继续。")
	return errors.Join(server.stop(c.Grace), worker.stop())
}
