package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/format"
	"github.com/taohe-gis/taohe/ingest/record"
)

// InspectionVersion is raised when a member of an Inspection changes its
// meaning or goes; new members do not raise it.
const InspectionVersion = 1

// An Inspection is what is in a file, found without a database: what a person
// looks at before uploading, and what a script relies on. docs/inspect.md
// describes its JSON.
type Inspection struct {
	Version int              `json:"version"`
	File    string           `json:"file"`
	Bytes   int64            `json:"bytes"`
	SHA256  string           `json:"sha256"`
	Layers  []InspectedLayer `json:"layers"`
}

// An InspectedLayer is one layer of an inspected file.
type InspectedLayer struct {
	Name string `json:"name"`
	// Refused says that the layer cannot be taken as it is; why is in its
	// diagnostics.
	Refused       bool            `json:"refused"`
	Rows          int             `json:"rows"`
	GeometryTypes map[string]int  `json:"geometry_types"`
	Reference     *Reference      `json:"reference"`
	Encoding      record.Encoding `json:"encoding"`
	// Layer is the layer of the catalogue the fields were mapped to: the one
	// asked for, else the one whose required fields are found.
	Layer         string             `json:"layer,omitempty"`
	MissingFields []string           `json:"missing_fields"`
	Fields        []InspectedField   `json:"fields"`
	Extent        *InspectedExtent   `json:"extent"`
	Areas         *InspectedAreas    `json:"areas"`
	Features      []InspectedFeature `json:"features,omitempty"`
	// Counts are of all diagnostics, Diagnostics those stored: at most 1000 of
	// a code.
	Counts      map[string]int64  `json:"diagnostic_counts"`
	Diagnostics []InspectedRemark `json:"diagnostics"`
}

// An InspectedField is a column of the source.
type InspectedField struct {
	Name  string `json:"name"`
	Nulls int    `json:"nulls"`
	// MapsTo is the field of the layer it would fill, "" for none, several with
	// commas between them for a combined column.
	MapsTo string `json:"maps_to,omitempty"`
	Title  string `json:"title,omitempty"`
}

// An InspectedExtent is a box in degrees, EPSG:4490.
type InspectedExtent struct {
	West  float64 `json:"west"`
	South float64 `json:"south"`
	East  float64 `json:"east"`
	North float64 `json:"north"`
}

// InspectedAreas are areas on both surfaces, each named.
type InspectedAreas struct {
	EllipsoidalAreaM2 float64 `json:"ellipsoidal_area_m2"`
	Mu                float64 `json:"mu"`
	// PlanarAreaM2 is in the plane of PlanarCRS; of a layer whose rows lie in
	// several zones, each row is measured in its own and PlanarCRS says so.
	PlanarAreaM2 float64 `json:"planar_area_m2"`
	PlanarCRS    string  `json:"planar_crs"`
}

// SeveralPlanes stands for the plane of a sum over rows of several zones.
const SeveralPlanes = "3-degree zone of each row"

// An InspectedFeature is one row.
type InspectedFeature struct {
	Row      int    `json:"row"`
	Key      string `json:"key,omitempty"`
	Corners  int    `json:"corners"`
	Polygons int    `json:"polygons"`
	InspectedAreas
}

// An InspectedRemark is a diagnostic in words.
type InspectedRemark struct {
	taohe.Diagnostic
	Severity taohe.Severity `json:"severity"`
	Chinese  string         `json:"text_zh"`
	English  string         `json:"text_en"`
}

// InspectOptions are the person's words on the file.
type InspectOptions struct {
	Layer     string // of the catalogue, "" to be told by the fields
	LayerName string // of the file, "" for all
	CRS       string // "EPSG:4525", "" for what the file says
	Encoding  string
	Fix       string
	Shift     *Shift
	// Map is field → column, Set field → constant, as an upload says them; both
	// need Layer.
	Map, Set map[string]string
	// Extent holds the coordinates against a county's ground when not nil.
	Extent   *geo.Extent
	Features bool
	Limits   record.Limits
}

// Inspect reads a file whole and says what is in it. A file that cannot be
// taken at all is a *record.RefusedError; a layer that cannot is marked. Whether
// shapes are valid only PostGIS says, at import.
func Inspect(ctx context.Context, path string, o InspectOptions) (*Inspection, error) {
	said := wording{fix: o.Fix, shift: o.Shift}
	var faults []Fault
	if o.CRS != "" {
		if crs, err := parseCRS(o.CRS); err != nil {
			faults = append(faults, Fault{"crs", "unknown-crs", "无法识别这个坐标系。请写 EPSG 代码，例如 EPSG:4525。"})
		} else {
			said.crs = &crs
		}
	}
	if _, err := taohe.ParseLayer(o.Layer); o.Layer != "" && err != nil {
		faults = append(faults, Fault{"layer", "unknown-layer", fmt.Sprintf("没有这个图层；可用图层：%s。", layerList())})
	} else {
		faults = append(faults, o.wordFaults()...)
	}
	if len(faults) > 0 {
		return nil, &RequestError{Faults: faults}
	}
	sources, closer, err := format.OpenContext(ctx, path, format.Options{Encoding: o.Encoding, Layer: o.LayerName, Limits: o.Limits})
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	in := &Inspection{Version: InspectionVersion, File: filepath.Base(path), Layers: []InspectedLayer{}}
	if in.SHA256, in.Bytes, err = fileHash(ctx, path); err != nil {
		return nil, err
	}
	for _, source := range sources {
		layer, err := inspectLayer(ctx, source, said, o)
		if err != nil {
			return nil, err
		}
		in.Layers = append(in.Layers, *layer)
	}
	return in, nil
}

// wordFaults are what is wrong with the words about fields.
func (o InspectOptions) wordFaults() []Fault {
	if o.Layer == "" {
		if len(o.Map)+len(o.Set) == 0 {
			return nil
		}
		return []Fault{{"layer", "missing-layer", "用 map 或 set 时须同时指明图层（layer）。"}}
	}
	layer := taohe.Layer(o.Layer)
	spec := TheCatalogue().Layers[layer]
	return append(checkNames("map", layer, spec, o.Map), checkNames("set", layer, spec, o.Set)...)
}

func fileHash(ctx context.Context, path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, contextReader{ctx, f}); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// inspector gathers what is said of one layer.
type inspector struct {
	layer   *InspectedLayer
	diags   collected
	placing *placing
	reader  attributeReader
	key     string
	nulls   map[string]int
	box     *geom.Bounds
	county  *County
	// rowsRefused are the rows that import would refuse for their shape.
	rowsRefused int
}

// refuse remarks on a row that import would refuse; such rows are in no area.
func (in *inspector) refuse(row int, code string, args map[string]string) {
	in.rowsRefused++
	in.diags.add(taohe.Diagnostic{Code: code, Row: row, Args: args})
}

func inspectLayer(ctx context.Context, source record.Source, said wording, o InspectOptions) (*InspectedLayer, error) {
	in := &inspector{
		layer: &InspectedLayer{
			Name: source.Name(), GeometryTypes: map[string]int{}, Encoding: source.Encoding(),
			MissingFields: []string{}, Fields: []InspectedField{}, Diagnostics: []InspectedRemark{},
		},
		nulls: map[string]int{},
	}
	if o.Extent != nil {
		in.county = &County{Name: "所给范围", West: o.Extent.West, South: o.Extent.South, East: o.Extent.East, North: o.Extent.North}
	}
	placing, remarks, err := settlePlacing(source, in.county, said)
	in.diags.add(remarks...)
	var refused *record.RefusedError
	switch {
	case errors.As(err, &refused):
		in.diags.add(refused.Diagnostics...)
	case err != nil:
		return nil, err
	default:
		in.placing = placing
		in.layer.Reference = &placing.reference
	}
	in.mapFields(source, o.Layer, o.Map, o.Set)
	if err := in.read(ctx, source, o.Features); err != nil {
		return nil, err
	}
	in.diags.add(source.Diagnostics()...)
	return in.finish(), nil
}

// mapFields maps the columns to the layer asked for, else to the one of which
// most required fields are found.
func (in *inspector) mapFields(source record.Source, asked string, wanted, constants map[string]string) {
	best, missing := taohe.Layer(asked), []string{}
	var mapping Mapping
	var remarks []taohe.Diagnostic
	try := func(l taohe.Layer) (Mapping, []taohe.Diagnostic, []string) {
		m, remarks := mapColumns(l, TheCatalogue().Layers[l], source.Fields(), wanted, constants)
		said, lacks := []taohe.Diagnostic{}, []string{}
		for _, d := range remarks {
			switch d.Code {
			case "field.missing": // in missing_fields
				lacks = append(lacks, d.Field)
			default:
				said = append(said, d)
			}
		}
		return m, said, lacks
	}
	if best != "" {
		mapping, remarks, missing = try(best)
	} else {
		score := 0
		for _, l := range taohe.Layers() {
			m, said, lacks := try(l)
			if s := 2*len(m.Columns) - 3*len(lacks); s > score {
				best, mapping, remarks, missing, score = l, m, said, lacks, s
			}
		}
	}
	in.diags.add(remarks...)
	in.layer.Layer, in.layer.MissingFields = string(best), missing
	spec := TheCatalogue().Layers[best]
	in.reader.mapping = mapping
	if len(spec.Key) > 0 {
		in.key = spec.Key[0]
	}
	for _, c := range source.Fields() {
		column := InspectedField{Name: c.Name}
		for _, f := range spec.Fields {
			switch {
			case mapping.Columns[f.Name] != c.Name:
			case column.MapsTo == "":
				column.MapsTo, column.Title = f.Name, f.Title
			default: // a column that holds several fields in one
				column.MapsTo, column.Title = column.MapsTo+","+f.Name, column.Title+"、"+f.Title
			}
		}
		in.layer.Fields = append(in.layer.Fields, column)
	}
}

func (in *inspector) read(ctx context.Context, source record.Source, features bool) error {
	for rec, err := range source.Records(ctx) {
		if err != nil {
			return err
		}
		in.layer.Rows++
		in.diags.add(rec.Diagnostics...)
		if slices.ContainsFunc(rec.Diagnostics, func(d taohe.Diagnostic) bool { return d.Severity() == taohe.Refused }) {
			in.rowsRefused++
		}
		for _, a := range rec.Attributes {
			if a.Value.Kind == record.Null {
				in.nulls[a.Name]++
			}
		}
		in.layer.GeometryTypes[geometryType(rec.Geometry)]++
		mp, ok := rec.Geometry.(*geom.MultiPolygon)
		if !ok || in.placing == nil || mp.NumPolygons() == 0 {
			continue
		}
		if err := in.measure(rec, mp, features); err != nil {
			return err
		}
	}
	return nil
}

func geometryType(g geom.T) string {
	if g == nil {
		return "null"
	}
	return fmt.Sprintf("%T", g)[len("*geom."):]
}

func (in *inspector) measure(rec record.Record, mp *geom.MultiPolygon, features bool) error {
	if count, of := in.placing.atOrigin(mp); count > 0 {
		in.refuse(rec.Row, "coordinate.at_origin", map[string]string{"count": strconv.Itoa(count), "of": strconv.Itoa(of)})
		return nil
	}
	stored, corners, plane, err := in.placing.place(mp)
	var bad *geo.CoordinateError
	if errors.As(err, &bad) {
		in.refuse(rec.Row, "geometry.bad_coordinate", map[string]string{"reason": bad.Error()})
		return nil
	}
	if err != nil {
		return err
	}
	b := stored.Bounds()
	if c := in.county; c != nil && (!c.Holds(b.Min(0), b.Min(1)) || !c.Holds(b.Max(0), b.Max(1))) {
		in.refuse(rec.Row, "geometry.outside_county", map[string]string{
			"lon": formatDegrees((b.Min(0) + b.Max(0)) / 2), "lat": formatDegrees((b.Min(1) + b.Max(1)) / 2), "county": c.Name,
		})
		return nil
	}
	for _, d := range outlineRemarks(stored) {
		d.Row = rec.Row
		in.diags.add(d)
	}
	// The plane of the survey where it is on CGCS2000, else the row's 3° zone.
	if !plane.Projected || in.placing.shift != nil {
		plane = geo.GaussKruger3Degree((b.Min(0) + b.Max(0)) / 2)
	}
	if in.box == nil {
		in.box = b.Clone()
		in.layer.Areas = &InspectedAreas{PlanarCRS: plane.Name}
	}
	in.box.Extend(stored)
	if in.layer.Areas.PlanarCRS != plane.Name {
		in.layer.Areas.PlanarCRS = SeveralPlanes
	}
	areas := InspectedAreas{
		EllipsoidalAreaM2: geo.EllipsoidalAreaM2(stored), PlanarAreaM2: geo.PlanarAreaM2(stored, plane), PlanarCRS: plane.Name,
	}
	areas.Mu = geo.Mu(areas.EllipsoidalAreaM2)
	in.layer.Areas.EllipsoidalAreaM2 += areas.EllipsoidalAreaM2
	in.layer.Areas.PlanarAreaM2 += areas.PlanarAreaM2
	in.layer.Areas.Mu += areas.Mu
	if features {
		if err := in.reader.prepare(rec.Attributes); err != nil {
			return err
		}
		f := InspectedFeature{Row: rec.Row, Corners: len(corners.FlatCoords()) / corners.Stride(), Polygons: corners.NumPolygons(), InspectedAreas: areas.rounded()}
		if in.key != "" {
			f.Key, _, _ = in.reader.text(rec.Attributes, in.key)
		}
		in.layer.Features = append(in.layer.Features, f)
	}
	return nil
}

// rounded is the areas as they are printed: two places each.
func (a InspectedAreas) rounded() InspectedAreas {
	two := func(v float64) float64 { return math.Round(v*100) / 100 }
	return InspectedAreas{two(a.EllipsoidalAreaM2), two(a.Mu), two(a.PlanarAreaM2), a.PlanarCRS}
}

func (in *inspector) finish() *InspectedLayer {
	l := in.layer
	for i := range l.Fields {
		l.Fields[i].Nulls = in.nulls[l.Fields[i].Name]
	}
	if in.box != nil {
		// Nine decimals are 0.1 mm; the last bits differ from machine to machine.
		nine := func(v float64) float64 { return math.Round(v*1e9) / 1e9 }
		l.Extent = &InspectedExtent{nine(in.box.Min(0)), nine(in.box.Min(1)), nine(in.box.Max(0)), nine(in.box.Max(1))}
		printed := l.Areas.rounded()
		l.Areas = &printed
	}
	if l.Rows == 0 {
		in.diags.add(taohe.Diagnostic{Code: "layer.empty"})
	}
	if l.Rows > 0 && in.rowsRefused == l.Rows {
		in.diags.add(taohe.Diagnostic{Code: "layer.all_rows_refused", Args: map[string]string{"rows": strconv.Itoa(l.Rows)}})
	}
	l.Counts = make(map[string]int64, len(in.diags.count))
	maps.Copy(l.Counts, in.diags.count)
	for _, d := range in.diags.stored {
		l.Refused = l.Refused || d.Row == 0 && d.Severity() == taohe.Refused
		l.Diagnostics = append(l.Diagnostics, InspectedRemark{d, d.Severity(), d.Chinese(), d.English()})
	}
	slices.SortStableFunc(l.Diagnostics, func(a, b InspectedRemark) int { return a.Row - b.Row })
	return l
}
