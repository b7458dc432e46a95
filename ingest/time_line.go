package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

var (
	sqlTimeLine       = pg.MustLoad(sqlFS, "sql/time_line.sql")
	sqlDatasetHistory = pg.MustLoad(sqlFS, "sql/dataset_history.sql")
)

// A Version is an accepted dataset on the time line of its layer.
type Version struct {
	ID         int64
	Layer      taohe.Layer
	Source     string
	Vintage    taohe.Date
	Mode       string
	FileName   string
	RowsLoaded int64
	AcceptedAt time.Time
	AcceptedBy string
	// InForceFrom and InForceUntil are the first and the last day on which it is read:
	// nil for one that another of the same vintage replaced, and until further notice.
	InForceFrom  *taohe.Date
	InForceUntil *taohe.Date
	// SupersededBy is the next on the line.
	SupersededBy *int64
}

// TimeLine lists the accepted versions of a county by layer and source, the newest
// first; of one layer where that is not empty.
func TimeLine(ctx context.Context, db Querier, county, layer string) ([]Version, error) {
	var only *string
	if layer != "" {
		only = &layer
	}
	rows, err := db.Query(ctx, sqlTimeLine.SQL(), pgx.StrictNamedArgs{"county_code": county, "layer": only})
	if err != nil {
		return nil, fmt.Errorf("time line of %s: %w", county, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Version])
}

// A DatasetEvent is something that was done with a dataset: uploaded, loaded, refused,
// failed, tried (by a what-if run), accepted, first_read and last_read (by a run),
// continued (another was made of it) or superseded.
type DatasetEvent struct {
	At        *time.Time // nil where it was not noted
	What      string
	By        string // "" where it was not noted
	RunID     *int64 // the run that tried or read it
	DatasetID *int64 // the one that continues or supersedes it
}

// EventTitles are what the events are called.
var EventTitles = map[string]string{
	"uploaded": "上传", "loaded": "读取完毕", "refused": "文件不能使用", "failed": "读取失败", "tried": "假设套合", "accepted": "验收", "first_read": "首次用于套合",
	"last_read": "最近一次用于套合", "continued": "在此基础上补充", "superseded": "被新版本接替",
}

// DatasetHistory is what was done with a dataset, the earliest first.
func DatasetHistory(ctx context.Context, db Querier, id int64) ([]DatasetEvent, error) {
	rows, err := db.Query(ctx, sqlDatasetHistory.SQL(), pgx.StrictNamedArgs{"dataset_id": id})
	if err != nil {
		return nil, fmt.Errorf("history of dataset %d: %w", id, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[DatasetEvent])
}
