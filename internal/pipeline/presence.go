package pipeline

import (
	"context"
	"time"

	"github.com/taohe-gis/taohe/internal/pg"
)

// owner is this program's presence on the database, announced with the first
// work it begins, and anew after the database went away and came back.
func (p *Pipeline) owner(ctx context.Context) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.presence != nil {
		select {
		case <-p.presence.Lost():
		default:
			return p.presence.ID, nil
		}
	}
	presence, err := pg.Announce(ctx, p.pool)
	if err != nil {
		return 0, err
	}
	first := p.presence == nil
	p.presence = presence
	if first && p.watch == nil {
		var watching context.Context
		watching, p.watch = context.WithCancel(context.WithoutCancel(ctx))
		p.watching.Go(func() { p.keepPresence(watching, presence) })
	}
	return presence.ID, nil
}

// longestPause is the longest between two tries to reach a database that is
// gone.
const longestPause = 15 * time.Second

// keepPresence waits for the database to go away, and when it is back takes up
// a new presence and closes what was under way: nobody would write its end
// otherwise, and whoever waits for it would wait for ever. Work that outlived
// the session of the presence alone ends as interrupted too.
func (p *Pipeline) keepPresence(ctx context.Context, presence *pg.Presence) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-presence.Lost():
		}
		p.log.Error("the database went away; waiting for it")
		for pause := 250 * time.Millisecond; ; pause = min(2*pause, longestPause) {
			_, err := p.owner(ctx)
			if err == nil {
				err = p.CloseInterrupted(ctx)
			}
			if err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
		p.mu.Lock()
		presence = p.presence
		p.mu.Unlock()
		p.log.Info("the database is back")
	}
}

// Close ends the program's presence: work it began and did not end counts as
// left behind.
func (p *Pipeline) Close() {
	p.mu.Lock()
	watch := p.watch
	p.mu.Unlock()
	if watch != nil {
		watch()
	}
	p.watching.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.presence != nil {
		p.presence.Close()
		p.presence = nil
	}
}
