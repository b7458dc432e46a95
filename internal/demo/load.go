// Package demo loads a made county as its users would and holds what the
// overlay finds against the figures the county was constructed from.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// A Manifest says how the files of a made county are uploaded.
type Manifest struct {
	County struct {
		Code   string     `json:"code"`
		Name   string     `json:"name"`
		Extent [4]float64 `json:"extent"` // west, south, east, north, degrees
	} `json:"county"`
	AsOf     taohe.Date   `json:"as_of"`
	Datasets []UploadFile `json:"datasets"`
}

// An UploadFile is one file of a made county and how it is uploaded.
type UploadFile struct {
	File      string            `json:"file"`
	Layer     string            `json:"layer"`
	Vintage   taohe.Date        `json:"vintage"`
	Source    string            `json:"source"`
	Set       map[string]string `json:"set"`
	Footprint []struct {
		ImagedOn    taohe.Date        `json:"imaged_on"`
		WholeCounty bool              `json:"whole_county"`
		Polygon     *geojson.Geometry `json:"polygon"`
	} `json:"footprint"`
}

// ReadManifest reads manifest.json of a county's files.
func ReadManifest(files fs.FS) (Manifest, error) {
	var m Manifest
	if err := readStrict(files, "manifest.json", &m); err != nil {
		return Manifest{}, err
	}
	return m, nil
}

func readStrict(files fs.FS, name string, v any) error {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Load registers the county, uploads its files and accepts them. said is told
// of each dataset as it is accepted; it may be nil. A file that is refused, or
// holds rows for a person, is an error here: a made county has neither.
func Load(ctx context.Context, p *pipeline.Pipeline, files fs.FS, m Manifest, said func(ingest.Dataset)) error {
	err := p.PutCounty(ctx, ingest.County{
		Code: m.County.Code, Name: m.County.Name,
		West: m.County.Extent[0], South: m.County.Extent[1], East: m.County.Extent[2], North: m.County.Extent[3],
	})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "taohe-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, d := range m.Datasets {
		dataset, err := load(ctx, p, files, m.County.Code, d, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", d.File, err)
		}
		if said != nil {
			said(dataset)
		}
	}
	return nil
}

// load uploads a file by way of the folder dir and accepts it.
func load(ctx context.Context, p *pipeline.Pipeline, files fs.FS, county string, d UploadFile, dir string) (ingest.Dataset, error) {
	b, err := fs.ReadFile(files, d.File)
	if err != nil {
		return ingest.Dataset{}, err
	}
	path := filepath.Join(dir, filepath.Base(d.File))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return ingest.Dataset{}, err
	}
	u := ingest.Upload{
		Layer: d.Layer, County: county, Vintage: d.Vintage, Source: d.Source, Set: d.Set, Path: path, FileName: d.File,
	}
	if u.Footprints, err = d.footprints(); err != nil {
		return ingest.Dataset{}, err
	}
	dataset, err := p.Import(ctx, u, nil)
	if err != nil {
		return ingest.Dataset{}, err
	}
	if dataset.Status != "staged" || dataset.RowsHeld > 0 || dataset.RowsRefused > 0 {
		_, counts, err := p.Diagnostics(ctx, dataset.ID, 0, 1)
		return ingest.Dataset{}, fmt.Errorf("%s, %d rows held, %d refused: %v %w", dataset.Status, dataset.RowsHeld, dataset.RowsRefused, counts, err)
	}
	if err := p.Accept(ctx, dataset.ID, ingest.Acceptance{By: "demo"}); err != nil {
		return ingest.Dataset{}, err
	}
	return p.Dataset(ctx, dataset.ID)
}

func (d UploadFile) footprints() ([]ingest.Footprint, error) {
	var out []ingest.Footprint
	for _, f := range d.Footprint {
		footprint := ingest.Footprint{ImagedOn: f.ImagedOn}
		if !f.WholeCounty {
			if f.Polygon == nil {
				return nil, fmt.Errorf("footprint of %s has no polygon", f.ImagedOn)
			}
			g, err := f.Polygon.Decode()
			if err != nil {
				return nil, fmt.Errorf("footprint of %s: %w", f.ImagedOn, err)
			}
			switch g := g.(type) {
			case *geom.MultiPolygon:
				footprint.Ground = g
			case *geom.Polygon:
				footprint.Ground = geom.NewMultiPolygon(g.Layout())
				if err := footprint.Ground.Push(g); err != nil {
					return nil, err
				}
			default:
				return nil, fmt.Errorf("footprint of %s is not a polygon", f.ImagedOn)
			}
		}
		out = append(out, footprint)
	}
	return out, nil
}
