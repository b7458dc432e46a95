package api

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// Dataset is one version of a layer for one county.
type Dataset struct {
	ID                int64             `json:"id"`
	CountyCode        string            `json:"county_code"`
	Layer             string            `json:"layer"`
	LayerTitle        string            `json:"layer_title"`
	Source            string            `json:"source"`
	Vintage           taohe.Date        `json:"vintage" format:"date"`
	Mode              string            `json:"mode"`
	Status            string            `json:"status" doc:"loading 读取中、staged 待验收、accepted 已验收、refused 文件不能使用、failed 系统故障"`
	Error             *string           `json:"error" doc:"failed 的原因：internal error、cancelled、interrupted、database unavailable 或 storage full"`
	ErrorText         *string           `json:"error_text" doc:"给使用者的说明与下一步；没有失败时为空"`
	Reference         *DatasetReference `json:"reference" doc:"读取时采用的坐标系"`
	Encoding          *DatasetEncoding  `json:"encoding"`
	Mapping           DatasetMapping    `json:"mapping"`
	RowsRead          int64             `json:"rows_read" doc:"已读行数；读取中不断增加"`
	RowsLoaded        int64             `json:"rows_loaded"`
	RowsHeld          int64             `json:"rows_held" doc:"暂不计入、待人决定的行数"`
	RowsRefused       int64             `json:"rows_refused"`
	HeldDecision      *string           `json:"held_decision" doc:"对暂不计入各行的决定：accept 或 leave_out"`
	EllipsoidalAreaM2 *float64          `json:"ellipsoidal_area_m2" doc:"各行面积之和，重叠处重复计入"`
	Mu                *float64          `json:"mu"`
	Extent            []float64         `json:"extent" doc:"西、南、东、北，度；没有图形时为空"`
	Files             []DatasetFile     `json:"files"`
	Footprints        []DatasetGround   `json:"footprints"`
	CreatedAt         time.Time         `json:"created_at"`
	LoadedAt          *time.Time        `json:"loaded_at"`
	AcceptedAt        *time.Time        `json:"accepted_at"`
	AcceptedBy        *string           `json:"accepted_by"`
}

// DatasetReference is the reference system a dataset was read in.
type DatasetReference struct {
	Name        string        `json:"name"`
	EPSG        int           `json:"epsg" doc:"0：没有代码"`
	Datum       string        `json:"datum"`
	How         string        `json:"how" doc:"user、prj、geojson-crs、rfc7946 等"`
	Fix         string        `json:"fix" doc:"经人确认的更正；没有时为空"`
	Shift       *ingest.Shift `json:"shift" doc:"转换到 CGCS2000 的参数；不需要时为 null"`
	Approximate bool          `json:"approximate" doc:"true：换算没有公布的定义，由此得出的面积均为近似"`
}

// DatasetEncoding is the encoding of the texts of a dataset.
type DatasetEncoding struct {
	Name string `json:"name"`
	How  string `json:"how" doc:"user、cpg、ldid、content 或 format"`
}

// DatasetMapping says which column filled each field.
type DatasetMapping struct {
	Columns   map[string]string `json:"columns" doc:"字段 → 文件中的列"`
	Constants map[string]string `json:"constants" doc:"字段 → 固定值"`
	Extra     []string          `json:"extra" doc:"没有对应字段、原样保留的列"`
}

// DatasetFile is a file a dataset was made of.
type DatasetFile struct {
	Name      string `json:"name"`
	LayerName string `json:"layer_name"`
	SHA256    string `json:"sha256"`
	Bytes     int64  `json:"bytes"`
}

// DatasetGround is what was interpreted on an image date.
type DatasetGround struct {
	ImagedOn    taohe.Date `json:"imaged_on" format:"date"`
	WholeCounty bool       `json:"whole_county"`
}

func (s *service) datasetBody(d ingest.Dataset) Dataset {
	out := Dataset{
		ID: d.ID, CountyCode: d.CountyCode, Layer: string(d.Layer), LayerTitle: d.Layer.Title(), Source: d.Source,
		Vintage: d.Vintage, Mode: d.Mode, Status: d.Status, Error: d.Error,
		Mapping:  DatasetMapping{Columns: filled(d.Mapping.Columns), Constants: filled(d.Mapping.Constants), Extra: append([]string{}, d.Mapping.Extra...)},
		RowsRead: d.RowsRead, RowsLoaded: d.RowsLoaded, RowsHeld: d.RowsHeld, RowsRefused: d.RowsRefused, HeldDecision: d.HeldDecision,
		Extent: []float64{},
		Files: each(d.Files, func(f ingest.File) DatasetFile {
			return DatasetFile{Name: f.Name, LayerName: f.LayerName, SHA256: f.SHA256, Bytes: f.Bytes}
		}),
		Footprints: each(d.Footprints, func(f ingest.DeclaredFootprint) DatasetGround {
			return DatasetGround{ImagedOn: f.ImagedOn, WholeCounty: f.WholeCounty}
		}),
		CreatedAt: d.CreatedAt, LoadedAt: d.LoadedAt, AcceptedAt: d.AcceptedAt, AcceptedBy: d.AcceptedBy,
	}
	if d.Reference != nil {
		out.Reference = &DatasetReference{
			Name: d.Reference.Name, EPSG: d.Reference.EPSG, Datum: d.Reference.Datum, How: d.Reference.How,
			Fix: d.Reference.Fix, Shift: d.Reference.Shift, Approximate: d.Reference.Approximate,
		}
	}
	if d.Encoding != nil {
		out.Encoding = &DatasetEncoding{Name: d.Encoding.Name, How: d.Encoding.How}
	}
	if d.EllipsoidalAreaM2 != nil {
		m2, mu := rounded2(*d.EllipsoidalAreaM2), rounded2(geo.Mu(*d.EllipsoidalAreaM2))
		out.EllipsoidalAreaM2, out.Mu = &m2, &mu
	}
	if d.West != nil && d.South != nil && d.East != nil && d.North != nil {
		out.Extent = []float64{*d.West, *d.South, *d.East, *d.North}
	}
	if d.Error != nil {
		text := ingest.FailureChinese(*d.Error)
		out.ErrorText = &text
	}
	return out
}

func filled(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// DatasetPath names a dataset in an address.
type DatasetPath struct {
	ID int64 `path:"id" doc:"数据版本编号"`
}

func (s *service) cancelImport(ctx context.Context, in *DatasetPath) (*tagged[Dataset], error) {
	cancelled, err := s.Work.CancelImport(ctx, in.ID)
	if err == nil && !cancelled {
		err = errNotLoading
	}
	if err != nil {
		return nil, err
	}
	return s.getDataset(ctx, in)
}

func (s *service) getDataset(ctx context.Context, in *DatasetPath) (*tagged[Dataset], error) {
	d, err := s.Pipeline.Dataset(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return versioned(s.datasetBody(d)), nil
}

func (s *service) dropDataset(ctx context.Context, in *DatasetPath) (*body[Dataset], error) {
	d, err := s.Pipeline.Dataset(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[Dataset]{s.datasetBody(d)}, s.Pipeline.DropDataset(ctx, in.ID)
}

// DatasetLine is a dataset in a list.
type DatasetLine struct {
	ID          int64      `json:"id"`
	CountyCode  string     `json:"county_code"`
	Layer       string     `json:"layer"`
	LayerTitle  string     `json:"layer_title"`
	Source      string     `json:"source"`
	Vintage     taohe.Date `json:"vintage" format:"date"`
	Status      string     `json:"status"`
	RowsLoaded  int64      `json:"rows_loaded"`
	RowsHeld    int64      `json:"rows_held"`
	RowsRefused int64      `json:"rows_refused"`
	FileName    *string    `json:"file_name"`
	CreatedAt   time.Time  `json:"created_at"`
	AcceptedAt  *time.Time `json:"accepted_at"`
}

func (s *service) listDatasets(ctx context.Context, in *struct {
	County string `query:"county" doc:"六位旗区代码"`
	Layer  string `query:"layer" doc:"图层"`
	Before int64  `query:"before" minimum:"1" doc:"只列编号更小的"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
},
) (*body[Page[DatasetLine]], error) {
	if err := knownLayer(in.Layer); err != nil {
		return nil, err
	}
	list, err := s.Pipeline.Datasets(ctx, in.County, in.Layer, in.Before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := Page[DatasetLine]{}
	list, more := cut(list, in.Limit)
	page.Items = each(list, func(d ingest.DatasetSummary) DatasetLine {
		return DatasetLine{
			ID: d.ID, CountyCode: d.CountyCode, Layer: string(d.Layer), LayerTitle: d.Layer.Title(), Source: d.Source,
			Vintage: d.Vintage, Status: d.Status, RowsLoaded: d.RowsLoaded, RowsHeld: d.RowsHeld, RowsRefused: d.RowsRefused,
			FileName: d.FileName, CreatedAt: d.CreatedAt, AcceptedAt: d.AcceptedAt,
		}
	})
	if more {
		page.Next = next("/v1/datasets", "county", in.County, "layer", in.Layer,
			"before", strconv.FormatInt(list[len(list)-1].ID, 10), "limit", strconv.Itoa(in.Limit))
	}
	return &body[Page[DatasetLine]]{page}, nil
}

// cut is the first limit of a list that was asked for one more, and whether
// there was one more.
func cut[T any](list []T, limit int) ([]T, bool) {
	if len(list) > limit {
		return list[:limit], true
	}
	return list, false
}

// next is the address of a next page; parameters without a value are left out.
func next(path string, pairs ...string) *string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	address := path + "?" + q.Encode()
	return &address
}

// AcceptRequest accepts a dataset.
type AcceptRequest struct {
	By       string `json:"by" minLength:"1" maxLength:"100" pattern:"^[^\\x00-\\x1f]+$" doc:"验收人"`
	HeldRows string `json:"held_rows,omitempty" enum:"accept,leave_out" doc:"有暂不计入的行时：accept 采用修复后的图形，leave_out 不采用"`

	ConfirmRemoved int `json:"confirm_removed,omitempty" minimum:"0" doc:"整体替换会减少现有记录时，写明所确认的减少数目（见 changes）"`
}

func (s *service) acceptDataset(ctx context.Context, in *struct {
	DatasetPath
	IfMatch
	Body AcceptRequest
},
) (*tagged[Dataset], error) {
	// What was staged stays as it is until it is accepted, which happens once.
	if seen, err := s.getDataset(ctx, &in.DatasetPath); err != nil {
		return nil, err
	} else if !in.allows(seen.ETag) {
		return nil, pipeline.ErrChanged
	}
	if err := s.Pipeline.Accept(ctx, in.ID, ingest.Acceptance{
		By: in.Body.By, Held: in.Body.HeldRows, ConfirmRemoved: in.Body.ConfirmRemoved,
	}); err != nil {
		return nil, err
	}
	return s.getDataset(ctx, &in.DatasetPath)
}
