package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/record"
)

// commonColumns are those every layer's table begins with, in the order of
// storedRow.values.
var commonColumns = []string{
	"county_code", "dataset_id", "row_no", "file_no", "source_row", "held",
	"geom", "ellipsoidal_area_m2", "corners", "corners_srid", "extra",
}

// A normaliser makes rows of a layer's table out of the records of a source.
type normaliser struct {
	req     *request
	placing *placing
	ground  geo.Extent // where rows may lie
	dataset int64
	fileNo  int
	reader  attributeReader
	rowNo   int
	outside int
	// skipped counts the rows of a land survey that are of another class.
	skipped int

	units unitsFound
	// anyEmpty says that a row had no ground.
	anyEmpty bool
	whole    whole

	// What a row is made in; the next one takes their place.
	stored, corners, extraJSON []byte
}

// row returns the values of one row, or nil when the record is refused; the
// diagnostics say why, or what was noted. The values are valid until the next
// call.
func (n *normaliser) row(rec record.Record) ([]any, []taohe.Diagnostic, error) {
	diags := rec.Diagnostics
	if slices.ContainsFunc(diags, func(d taohe.Diagnostic) bool { return d.Severity() == taohe.Refused }) {
		return nil, diags, nil
	}
	if err := n.reader.prepare(rec.Attributes); err != nil {
		return nil, nil, err
	}
	if d, other := n.otherClass(rec); other {
		n.skipped++
		return nil, []taohe.Diagnostic{d}, nil
	}
	shape, refusal, err := n.shape(rec)
	if err != nil {
		return nil, nil, err
	}
	if refusal != nil {
		diags = append(diags, *refusal)
	}
	diags = append(diags, shape.remarks...)
	fields, fieldDiags := n.fields(rec, shape.ellipsoidalAreaM2)
	for _, d := range fieldDiags {
		d.Row, d.At = rec.Row, shape.at
		diags = append(diags, d)
	}
	for i := range diags {
		diags[i].Row = rec.Row
		if diags[i].Severity() == taohe.Refused {
			return nil, diags, nil
		}
	}
	n.rowNo++
	extra, err := n.extra(rec.Attributes)
	if err != nil {
		return nil, nil, err
	}
	n.anyEmpty = n.anyEmpty || shape.ellipsoidalAreaM2 == 0
	n.whole.add(shape)
	values := append(make([]any, 0, len(commonColumns)+len(fields)),
		n.req.County, n.dataset, n.rowNo, n.fileNo, rec.Row, shape.ellipsoidalAreaM2 == 0,
		shape.ewkb, shape.ellipsoidalAreaM2, shape.corners, shape.cornersSRID, extra)
	return append(values, fields...), diags, nil
}

// landClasses are the first digits of the land codes of GB/T 21010 and of the
// national surveys that each layer takes out of a land-survey file.
var landClasses = map[taohe.Layer]string{taohe.LayerForest: "03", taohe.LayerGrassland: "04"}

// otherClass tells whether a row of a land survey (DLTB) belongs to another
// layer: the same file gives forest its forest and grassland its grassland.
// Forestry's own codes are another scheme, and are not looked at.
func (n *normaliser) otherClass(rec record.Record) (taohe.Diagnostic, bool) {
	class, split := landClasses[n.req.layer]
	if !split || n.req.Source != "land_survey" {
		return taohe.Diagnostic{}, false
	}
	code, column, ok := n.reader.text(rec.Attributes, "land_code")
	if !ok || strings.HasPrefix(toHalfWidth(code), class) {
		return taohe.Diagnostic{}, false
	}
	return taohe.Diagnostic{Code: "row.other_class", Row: rec.Row, Field: column, Args: map[string]string{"code": code, "layer": n.req.layer.Title()}}, true
}

// storedShape is a geometry as it is stored.
type storedShape struct {
	ewkb              []byte // EPSG:4490, edges of at most 70 m
	corners           []byte // as the source has them, nil where ewkb says it all
	cornersSRID       any    // of the source, nil without corners
	ellipsoidalAreaM2 float64
	extent            geo.Extent
	cornerCount       int // as stored
	at                *[2]float64
	remarks           []taohe.Diagnostic
}

func (n *normaliser) shape(rec record.Record) (storedShape, *taohe.Diagnostic, error) {
	refuse := func(code string, at *[2]float64, args map[string]string) (storedShape, *taohe.Diagnostic, error) {
		return storedShape{at: at}, &taohe.Diagnostic{Code: code, Row: rec.Row, At: at, Args: args}, nil
	}
	mp, isPolygon := rec.Geometry.(*geom.MultiPolygon)
	switch {
	case rec.Geometry == nil:
		return refuse("geometry.null", nil, nil)
	case !isPolygon:
		return refuse("geometry.not_polygon", nil, map[string]string{"type": fmt.Sprintf("%T", rec.Geometry)[len("*geom."):]})
	case mp.NumPolygons() == 0:
		return refuse("geometry.null", nil, nil)
	}
	if count, of := n.placing.atOrigin(mp); count > 0 {
		return refuse("coordinate.at_origin", nil, map[string]string{"count": strconv.Itoa(count), "of": strconv.Itoa(of)})
	}
	stored, corners, crs, err := n.placing.place(mp)
	var bad *geo.CoordinateError
	if errors.As(err, &bad) {
		return refuse("geometry.bad_coordinate", nil, map[string]string{"reason": bad.Error()})
	}
	if err != nil {
		return storedShape{}, nil, fmt.Errorf("row %d: %w", rec.Row, err)
	}
	b := geo.ExtentOf(stored)
	at := &[2]float64{(b.West + b.East) / 2, (b.South + b.North) / 2}
	if !n.ground.Contains(b.West, b.South) || !n.ground.Contains(b.East, b.North) {
		n.outside++
		return refuse("geometry.outside_county", at, map[string]string{
			"lon": formatDegrees(at[0]), "lat": formatDegrees(at[1]), "county": n.req.county.Name,
		})
	}
	n.stored = geo.AppendEWKB(n.stored[:0], stored, geo.StoreSRID)
	s := storedShape{ewkb: n.stored, ellipsoidalAreaM2: geo.EllipsoidalAreaM2(stored), extent: b, cornerCount: len(stored.FlatCoords()) / stored.Stride(), at: at, remarks: outlineRemarks(stored)}
	if crs.Projected || n.placing.shift != nil || len(stored.FlatCoords())/stored.Stride() != len(mp.FlatCoords())/mp.Stride() {
		var exact bool
		if n.corners, exact = geo.AppendTWKB(n.corners[:0], corners); !exact {
			n.corners = geo.AppendEWKB(n.corners[:0], corners, crs.EPSG)
		}
		s.corners, s.cornersSRID = n.corners, crs.EPSG
	}
	return s, nil, nil
}

func (n *normaliser) fields(rec record.Record, measuredM2 float64) ([]any, []taohe.Diagnostic) {
	values := make([]any, len(n.req.spec.Fields))
	var diags []taohe.Diagnostic
	for i, f := range n.req.spec.Fields {
		text, column, ok := n.reader.text(rec.Attributes, f.Name)
		if !ok {
			if f.Required {
				diags = append(diags, taohe.Diagnostic{Code: "field.value_missing", Field: column, Args: map[string]string{"title": f.Title}})
			}
			continue
		}
		var d *taohe.Diagnostic
		switch {
		case f.Name == "mining_method" && column != "":
			d = n.readMethod(values, i, text, column)
		case f.Name == "mineral" && column != "" && column == n.reader.mapping.Columns["mining_method"]:
			// read with the method
		case f.Type == TypeArea:
			values[i], d = n.readArea(rec.Row, f, text, column, measuredM2)
		default:
			values[i], d = convertField(f, text, column, measuredM2)
		}
		if d != nil {
			diags = append(diags, *d)
		}
	}
	return values, append(diags, n.crossChecks(values, measuredM2)...)
}

// crossChecks holds the fields of one row against each other and against the
// geometry.
func (n *normaliser) crossChecks(values []any, measuredM2 float64) []taohe.Diagnostic {
	get := func(name string) any {
		for i, f := range n.req.spec.Fields {
			if f.Name == name {
				return values[i]
			}
		}
		return nil
	}
	var diags []taohe.Diagnostic
	from, hasFrom := get("valid_from").(taohe.Date)
	to, hasTo := get("valid_to").(taohe.Date)
	if hasFrom && hasTo && to.Before(from) {
		diags = append(diags, taohe.Diagnostic{Code: "field.dates_reversed", Args: map[string]string{"from": from.String(), "to": to.String()}})
	}
	if get("kind") == "temporary_land" && !hasTo {
		diags = append(diags, taohe.Diagnostic{Code: "field.value_missing", Field: n.reader.mapping.Columns["valid_to"], Args: map[string]string{"title": "使用截止日期（临时用地必填）"}})
	}
	top, hasTop := get("top_elevation_m").(float64)
	bottom, hasBottom := get("bottom_elevation_m").(float64)
	if hasTop && hasBottom && top < bottom {
		diags = append(diags, taohe.Diagnostic{Code: "field.elevations_reversed", Args: map[string]string{"top": formatNumber(top), "bottom": formatNumber(bottom)}})
	}
	// A licence's declared area is held against all its rows, once they are in.
	if declaredM2, declared := get(n.req.spec.DeclaredArea).(float64); declared && n.req.layer != taohe.LayerMiningRight {
		if d, differs := declaredDiffers(declaredM2, measuredM2); differs {
			diags = append(diags, d)
		}
	}
	return diags
}

// convertField makes the value of a field out of its text. A required value
// that cannot be read refuses the row; an optional one stays empty, with a note.
func convertField(f Field, text, column string, measuredM2 float64) (any, *taohe.Diagnostic) {
	unreadable := func(code string) (any, *taohe.Diagnostic) {
		if f.Required {
			code += "_required"
		}
		return nil, &taohe.Diagnostic{Code: code, Field: column, Args: map[string]string{"title": f.Title, "value": text}}
	}
	switch f.Type {
	case TypeDate:
		d, how := readDay(text)
		switch how {
		case dayWritten:
			return d, nil
		case daySerial, dayShifted:
			code := map[dayReading]string{daySerial: "field.date_serial", dayShifted: "field.date_in_china"}[how]
			return d, &taohe.Diagnostic{Code: code, Field: column, Args: map[string]string{"title": f.Title, "value": text, "date": d.String()}}
		case dayUnread:
		}
		return unreadable("field.not_a_date")
	case TypeNumber:
		if v, ok := parseNumber(text); ok {
			return v, nil
		}
		return unreadable("field.not_a_number")
	case TypeArea:
		v, ok := declaredArea(text, column, measuredM2)
		if !ok {
			return unreadable("field.area_unit_unknown")
		}
		return v.m2, nil
	case TypeAreaKM2:
		if km2, ok := declaredKM2(text, column); ok {
			return km2, nil
		}
		return unreadable("field.not_a_number")
	case TypeCode:
		if code, ok := TheCatalogue().Code(f.Codes, text); ok {
			return code, nil
		}
		return unreadable("field.unknown_code")
	case TypeWord:
		word, known := canonicalWords(f.Codes, text)
		if !known {
			return word, &taohe.Diagnostic{Code: "field.unknown_word", Field: column, Args: map[string]string{"title": f.Title, "value": text}}
		}
		return word, nil
	case TypeLicenceNo:
		if s := normaliseLicenceNo(text); LicenceNoForm.MatchString(s) {
			return s, nil
		}
		return unreadable("field.not_a_licence_no")
	case TypeLicenceRef:
		s := normaliseLicenceNo(text)
		if LicenceNoForm.MatchString(s) {
			return s, nil
		}
		return text, &taohe.Diagnostic{Code: "field.odd_licence_no", Field: column, Args: map[string]string{"title": f.Title, "value": text}}
	case TypeText:
		return text, nil
	}
	return text, nil
}

// extra is the JSON of the columns that no field takes, in the source's order.
func (n *normaliser) extra(attrs []record.Attribute) ([]byte, error) {
	b := append(n.extraJSON[:0], '{')
	var err error
	for i, at := range n.reader.extra {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, n.reader.extraName[i]...), ':')
		v := attrs[at].Value
		switch v.Kind {
		case record.Null:
			b = append(b, "null"...)
		case record.Logical:
			b = append(b, v.Text...)
		case record.Text, record.Date, record.Integer, record.Decimal:
			// Numbers stay text: an identifier must keep every digit.
			if b, err = jsontext.AppendQuote(b, storable(v.Text)); err != nil {
				return nil, err
			}
		}
	}
	n.extraJSON = append(b, '}')
	return n.extraJSON, nil
}

func formatDegrees(d float64) string { return strconv.FormatFloat(d, 'f', 6, 64) }

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
