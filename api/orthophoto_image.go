package api

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/taohe-gis/taohe/internal/orthophoto"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

const tiffType = "image/tiff"

// OrthophotoDisplay is how the tiles of an image lie, in EPSG:3857: those of all levels
// begin at the same corner.
type OrthophotoDisplay struct {
	WestM      float64           `json:"west_m" doc:"左上角，EPSG:3857，米"`
	NorthM     float64           `json:"north_m" doc:"左上角，EPSG:3857，米"`
	TilePixels int               `json:"tile_pixels" doc:"瓦片的边长，像元"`
	Levels     []OrthophotoLevel `json:"levels" doc:"最细的在前"`
}

// OrthophotoLevel is the image in one resolution.
type OrthophotoLevel struct {
	PixelM float64 `json:"pixel_m" doc:"一个像元的大小，EPSG:3857，米；不是地面上的大小"`
	Width  int     `json:"width" doc:"像元"`
	Height int     `json:"height" doc:"像元"`
}

func displayOf(c orthophoto.Copy) *OrthophotoDisplay {
	out := &OrthophotoDisplay{WestM: c.WestM, NorthM: c.NorthM, TilePixels: pipeline.TilePixels}
	for i, w := range c.Widths {
		// Sides are rounded up where they are halved; the ground stays the same.
		out.Levels = append(out.Levels, OrthophotoLevel{PixelM: c.PixelM * float64(c.Widths[0]) / float64(w), Width: w, Height: c.Heights[i]})
	}
	return out
}

// orthophotoImage is read piece by piece, as the client takes it: no connection to the
// database is held while it does not.
func (s *service) orthophotoImage(ctx context.Context, in *struct {
	OrthophotoPath
	Range   string `header:"Range" doc:"只取的部分，例如 bytes=0-16383；几段的一并给出全部"`
	IfRange string `header:"If-Range" doc:"仍是这个 ETag 时才只取一部分"`
},
) (*huma.StreamResponse, error) {
	m, content, err := s.Pipeline.OrthophotoContent(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	// The first piece is there before anything is said.
	if _, err := content.ReadAt(make([]byte, 1), 0); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		r, w := humachi.Unwrap(ctx)
		r = r.Clone(ctx.Context())
		r.Header.Del("If-None-Match")
		if strings.Contains(in.Range, ",") {
			r.Header.Del("Range")
		}
		w.Header().Set("Content-Type", tiffType)
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("ETag", `"`+content.SHA256+`"`)
		part := &ranged{ResponseWriter: w}
		http.ServeContent(part, r, "", m.AddedAt, io.NewSectionReader(content, 0, content.Bytes))
		if part.refused {
			s.fail(w, r, errRange)
		}
	}}, nil
}

// ranged keeps back what net/http says of a range that there is not, since it is no
// problem as others are.
type ranged struct {
	http.ResponseWriter
	refused bool
}

func (w *ranged) WriteHeader(status int) {
	if w.refused = status == http.StatusRequestedRangeNotSatisfiable; !w.refused {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *ranged) Write(b []byte) (int, error) {
	if w.refused {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

func (s *service) orthophotoTile(ctx context.Context, in *struct {
	OrthophotoPath
	Level  int `path:"level" minimum:"0" maximum:"63" doc:"第几级，0 是最细的"`
	Row    int `path:"row" minimum:"0" maximum:"1000000" doc:"第几行，北边的是 0"`
	Column int `path:"column" minimum:"0" maximum:"1000000" doc:"第几列，西边的是 0"`
},
) (*huma.StreamResponse, error) {
	tile, err := s.Pipeline.OrthophotoTile(ctx, in.ID, in.Level, in.Row, in.Column)
	if err != nil {
		return nil, err
	}
	kind, body := jpegType, tile.JPEG
	if body == nil || representation(ctx) == pngType {
		kind = pngType
		if body, err = tile.AsPNG(); err != nil {
			return nil, err
		}
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", kind)
		// Numbers of images are not given again, and an image does not change.
		ctx.SetHeader("Cache-Control", "private, max-age=31536000, immutable")
		ctx.SetStatus(http.StatusOK)
		_, _ = ctx.BodyWriter().Write(body) // the client may be gone
	}}, nil
}
