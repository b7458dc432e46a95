package api

import (
	"context"
	"time"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
)

// DatasetVersion is an accepted dataset on the time line of its layer.
type DatasetVersion struct {
	DatasetID    int64       `json:"dataset_id"`
	Layer        string      `json:"layer"`
	LayerTitle   string      `json:"layer_title"`
	Source       string      `json:"source"`
	Vintage      taohe.Date  `json:"vintage" format:"date"`
	InForceFrom  *taohe.Date `json:"in_force_from" format:"date" doc:"截止日从这一天起采用；被同一时点的新版本接替、从不采用的为 null"`
	InForceUntil *taohe.Date `json:"in_force_until" format:"date" doc:"截止日到这一天为止采用；至今仍采用的为 null"`
	SupersededBy *int64      `json:"superseded_by" doc:"时间线上接替它的数据版本"`
	Mode         string      `json:"mode"`
	FileName     string      `json:"file_name"`
	RowsLoaded   int64       `json:"rows_loaded"`
	AcceptedAt   time.Time   `json:"accepted_at"`
	AcceptedBy   string      `json:"accepted_by"`
}

// NewDatasetVersion is a version as the service shows it.
func NewDatasetVersion(v ingest.Version) DatasetVersion {
	return DatasetVersion{
		DatasetID: v.ID, Layer: string(v.Layer), LayerTitle: v.Layer.Title(), Source: v.Source, Vintage: v.Vintage, InForceFrom: v.InForceFrom,
		InForceUntil: v.InForceUntil, SupersededBy: v.SupersededBy, Mode: v.Mode, FileName: v.FileName, RowsLoaded: v.RowsLoaded,
		AcceptedAt: v.AcceptedAt, AcceptedBy: v.AcceptedBy,
	}
}

func (s *service) timeLine(ctx context.Context, in *struct {
	CountyPath
	Layer string `query:"layer" doc:"图层；不写即全部"`
},
) (*body[Page[DatasetVersion]], error) {
	if err := knownLayer(in.Layer); err != nil {
		return nil, err
	}
	all, err := s.Pipeline.TimeLine(ctx, in.Code, in.Layer)
	if err != nil {
		return nil, err
	}
	return &body[Page[DatasetVersion]]{Page[DatasetVersion]{Items: each(all, NewDatasetVersion)}}, nil
}

// knownLayer says that a layer is none; one that is not written is any.
func knownLayer(layer string) error {
	var f faults
	if _, err := taohe.ParseLayer(layer); layer != "" && err != nil {
		f.add("query.layer", "unknown-layer", "没有这个图层，可用图层见 /v1/layers。")
	}
	return f.err()
}

// DatasetEvent is something that was done with a dataset.
type DatasetEvent struct {
	At        *time.Time `json:"at" doc:"没有记录时间的为 null"`
	What      string     `json:"what" doc:"uploaded、loaded、refused、failed、tried、accepted、first_read、last_read、continued 或 superseded"`
	Title     string     `json:"title"`
	By        string     `json:"by" doc:"经办人；没有记录的为空"`
	RunID     *int64     `json:"run_id" doc:"试用或采用它的套合"`
	DatasetID *int64     `json:"dataset_id" doc:"在它基础上补充的、接替它的数据版本"`
}

// NewDatasetEvent is an event as the service shows it.
func NewDatasetEvent(e ingest.DatasetEvent) DatasetEvent {
	return DatasetEvent{At: e.At, What: e.What, Title: ingest.EventTitles[e.What], By: e.By, RunID: e.RunID, DatasetID: e.DatasetID}
}

func (s *service) datasetHistory(ctx context.Context, in *DatasetPath) (*body[Page[DatasetEvent]], error) {
	all, err := s.Pipeline.DatasetHistory(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[Page[DatasetEvent]]{Page[DatasetEvent]{Items: each(all, NewDatasetEvent)}}, nil
}
