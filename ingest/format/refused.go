package format

import (
	"context"
	"iter"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A refusedLayer stands for a layer that could not be opened, so that it is
// seen among the others of its file.
type refusedLayer struct {
	name        string
	diagnostics []taohe.Diagnostic
}

func (l *refusedLayer) Name() string                    { return l.name }
func (l *refusedLayer) Fields() []record.Field          { return nil }
func (l *refusedLayer) Encoding() record.Encoding       { return record.Encoding{} }
func (l *refusedLayer) Reference() record.Reference     { return record.Reference{} }
func (l *refusedLayer) Rows() int                       { return -1 }
func (l *refusedLayer) Diagnostics() []taohe.Diagnostic { return l.diagnostics }

func (l *refusedLayer) Records(context.Context) iter.Seq2[record.Record, error] {
	return func(func(record.Record, error) bool) {}
}
