package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/overlay"
)

// ErrNotWhatIf is returned when a run is to be deleted that is no what-if run,
// or one that is still being computed: every other run is kept.
var ErrNotWhatIf = errors.New("not a what-if run that is over")

// ErrWhatIf is returned when a what-if run is asked for what only a real one
// gives.
var ErrWhatIf = errors.New("a what-if run")

// whatIfFaults says what stands against the datasets of a what-if run.
func (p *Pipeline) whatIfFaults(ctx context.Context, q RunRequest) ([]ingest.Fault, error) {
	if len(q.WhatIf) == 0 {
		return nil, nil
	}
	known, err := overlay.WhatIfDatasets(ctx, p.pool, q.WhatIf, q.AsOf)
	if err != nil {
		return nil, err
	}
	var faults []ingest.Fault
	for i, id := range q.WhatIf {
		add := func(code, format string, args ...any) {
			faults = append(faults, ingest.Fault{Location: fmt.Sprintf("what_if[%d]", i), Code: code, Message: fmt.Sprintf(format, args...)})
		}
		at := slices.IndexFunc(known, func(d overlay.WhatIfDataset) bool { return d.ID == id })
		switch {
		case at < 0:
			add("unknown-dataset", "没有编号为 %d 的数据。", id)
		case known[at].Status != "staged":
			add("not-staged", "数据 %d 不在待验收状态，不能用于假设套合；已验收的数据请直接套合。", id)
		case !q.AsOf.IsZero() && known[at].Vintage.After(q.AsOf):
			add("later-than-as-of", "数据 %d 的时点 %s 晚于截止日 %s，套合不会读取它。请改用较晚的截止日。", id, known[at].Vintage, q.AsOf)
		case known[at].SupersededBy > 0:
			add("superseded", "数据 %d 验收后也不会被读取：已验收的数据 %d 时点更新。", id, known[at].SupersededBy)
		}
	}
	return faults, nil
}

// DropWhatIf deletes a what-if run with all it holds. It returns ErrNotFound for
// a run that is not there, ErrNotWhatIf for one that is kept.
func (p *Pipeline) DropWhatIf(ctx context.Context, runID int64) error {
	if _, err := overlay.GetRun(ctx, p.pool, runID); err != nil {
		return notFound(err)
	}
	dropped, err := write(ctx, p, func(db pgx.Tx) (bool, error) { return overlay.DropWhatIf(ctx, db, runID) })
	if err == nil && !dropped {
		err = fmt.Errorf("run %d: %w", runID, ErrNotWhatIf)
	}
	return err
}
