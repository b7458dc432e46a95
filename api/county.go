package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

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

// CountyPath names a county in an address.
type CountyPath struct {
	Code string `path:"code" doc:"六位旗区代码"`
}

func (s *service) getCounty(ctx context.Context, in *CountyPath) (*tagged[County], error) {
	c, err := s.Pipeline.County(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	return versioned(countyBody(c)), nil
}

// IfMatch is the version that a change rests on.
type IfMatch struct {
	IfMatch string `header:"If-Match" doc:"所见版本的 ETag；此后有变动则不处理。不写即不核对"`
}

// allows reports whether a version is one of those named; an empty header allows all.
func (m IfMatch) allows(version string) bool {
	if strings.TrimSpace(m.IfMatch) == "" {
		return true
	}
	for one := range strings.SplitSeq(m.IfMatch, ",") {
		if one = strings.TrimSpace(one); one == version || one == "*" {
			return true
		}
	}
	return false
}

// contentTag is the version of what has no number of its own: its content.
func contentTag(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("a reply is no JSON: %v", err)) // of a type of this package
	}
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

func versioned[T any](v T) *tagged[T] { return &tagged[T]{contentTag(v), v} }

func (s *service) putCounty(ctx context.Context, in *struct {
	CountyPath
	IfMatch
	Body CountyRequest
},
) (*tagged[County], error) {
	e := in.Body.Extent
	c := ingest.County{Code: in.Code, Name: in.Body.Name, West: e[0], South: e[1], East: e[2], North: e[3]}
	err := s.Pipeline.PutCountyIf(ctx, c, func(before *ingest.County) bool {
		if before == nil {
			return strings.TrimSpace(in.IfMatch.IfMatch) == ""
		}
		return in.allows(contentTag(countyBody(*before)))
	})
	if err != nil {
		return nil, err
	}
	return s.getCounty(ctx, &in.CountyPath)
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
