package api

import (
	"context"

	"github.com/taohe-gis/taohe/ingest"
)

// County is a registered county.
type County struct {
	Code   string     `json:"code" example:"150621"`
	Name   string     `json:"name"`
	Extent [4]float64 `json:"extent" doc:"西、南、东、北，度，EPSG:4490"`
}

func countyBody(c ingest.County) County {
	return County{Code: c.Code, Name: c.Name, Extent: [4]float64{c.West, c.South, c.East, c.North}}
}

// CountyRequest registers a county.
type CountyRequest struct {
	Name   string    `json:"name" minLength:"1" maxLength:"100" pattern:"^[^\\x00-\\x1f]+$" doc:"旗区名称"`
	Extent []float64 `json:"extent" minItems:"4" maxItems:"4" doc:"西、南、东、北，度，EPSG:4490；上传的图形须在其内（外扩 20 公里）"`
}

type body[T any] struct{ Body T }

func (s *service) putCounty(ctx context.Context, in *struct {
	Code string `path:"code" doc:"六位旗区代码"`
	Body CountyRequest
},
) (*body[County], error) {
	e := in.Body.Extent
	c := ingest.County{Code: in.Code, Name: in.Body.Name, West: e[0], South: e[1], East: e[2], North: e[3]}
	if err := s.Pipeline.PutCounty(ctx, c); err != nil {
		return nil, err
	}
	return &body[County]{countyBody(c)}, nil
}

// Page is a page of a list. Next is the address of the next page, null on the
// last.
type Page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" doc:"下一页的网址；没有时为 null"`
}

func (s *service) listCounties(ctx context.Context, _ *struct{}) (*body[Page[County]], error) {
	counties, err := s.Pipeline.Counties(ctx)
	if err != nil {
		return nil, err
	}
	return &body[Page[County]]{Page[County]{Items: each(counties, countyBody)}}, nil
}

// each is never nil, so that an empty list is [] and not null.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
