package pg

import (
	"context"
	"hash/fnv"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// A SlowLog logs each statement that takes longer than a threshold: its name, how
// long it took and how many rows it gave or changed; never its text or arguments,
// in which people's data and secrets are.
type SlowLog struct {
	Over time.Duration
	Log  *slog.Logger
	// Count is called for each.
	Count func()
}

type slowKey struct{}

type begun struct {
	name string
	at   time.Time
}

// TraceQueryStart implements pgx.QueryTracer.
func (s *SlowLog) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, slowKey{}, begun{data.SQL, time.Now()}) //nolint:forbidigo // how long it took changes no result
}

// TraceQueryEnd implements pgx.QueryTracer.
func (s *SlowLog) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	s.end(ctx, data.CommandTag.RowsAffected(), data.Err, statementName)
}

// TraceCopyFromStart implements pgx.CopyFromTracer.
func (s *SlowLog) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromStartData) context.Context {
	return context.WithValue(ctx, slowKey{}, begun{"copy " + strings.Join(data.TableName, "."), time.Now()}) //nolint:forbidigo // as above
}

// TraceCopyFromEnd implements pgx.CopyFromTracer.
func (s *SlowLog) TraceCopyFromEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromEndData) {
	s.end(ctx, data.CommandTag.RowsAffected(), data.Err, func(name string) string { return name })
}

func (s *SlowLog) end(ctx context.Context, rows int64, err error, name func(string) string) {
	b, _ := ctx.Value(slowKey{}).(begun)
	took := time.Since(b.at)
	if b.at.IsZero() || took < s.Over {
		return
	}
	if s.Count != nil {
		s.Count()
	}
	s.Log.LogAttrs(ctx, slog.LevelWarn, "slow statement", slog.String("statement", name(b.name)), slog.Duration("took", took),
		slog.Int64("rows", rows), slog.Bool("failed", err != nil))
}

// named is how the files of statements begin, and those of the queue's library.
var named = regexp.MustCompile(`^\s*-- (?:name: )?([A-Za-z0-9_]+)`)

// statementName is the name in the head comment. A statement without is called by
// its first word and a number that is always the same for the same text.
func statementName(sql string) string {
	if m := named.FindStringSubmatch(sql); m != nil {
		return m[1]
	}
	word, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	if len(word) > 16 {
		word = "statement"
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(sql)) // never fails
	return strings.ToLower(word) + "-" + strconv.FormatUint(uint64(h.Sum32()), 16)
}
