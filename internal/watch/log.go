package watch

import (
	"context"
	"io"
	"log/slog"
)

type attrsKey struct{}

// With gives a context what every line that is logged in it says besides: the
// request, run or dataset it is about.
func With(ctx context.Context, attrs ...slog.Attr) context.Context {
	before, _ := ctx.Value(attrsKey{}).([]slog.Attr)
	return context.WithValue(ctx, attrsKey{}, append(before[:len(before):len(before)], attrs...))
}

// Log is a logger that writes lines of text, or of JSON for programs to read.
func Log(w io.Writer, json bool, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if json {
		return Contextual(slog.New(slog.NewJSONHandler(w, o)))
	}
	return Contextual(slog.New(slog.NewTextHandler(w, o)))
}

// Contextual adds to each line what its context was given with With, save what the
// line says itself.
func Contextual(log *slog.Logger) *slog.Logger {
	if _, already := log.Handler().(contextual); already {
		return log
	}
	return slog.New(contextual{log.Handler()})
}

type contextual struct{ slog.Handler }

func (h contextual) Handle(ctx context.Context, r slog.Record) error {
	attrs, _ := ctx.Value(attrsKey{}).([]slog.Attr)
	if len(attrs) == 0 {
		return h.Handler.Handle(ctx, r)
	}
	said := map[string]bool{}
	r.Attrs(func(a slog.Attr) bool {
		said[a.Key] = true
		return true
	})
	r = r.Clone()
	for _, a := range attrs {
		if !said[a.Key] {
			said[a.Key] = true
			r.AddAttrs(a)
		}
	}
	return h.Handler.Handle(ctx, r)
}

func (h contextual) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextual{h.Handler.WithAttrs(attrs)}
}

func (h contextual) WithGroup(name string) slog.Handler { return contextual{h.Handler.WithGroup(name)} }
