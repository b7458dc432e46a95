package ingest

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
)

// areaUnit is a unit a declared area may be in.
type areaUnit struct {
	title    string
	squareM  float64
	suffixes []string
}

var areaUnits = []areaUnit{
	{"公顷", 10_000, []string{"公顷", "HA", "HM2", "HM²"}},
	{"万亩", 2000.0 / 3 * 10_000, []string{"万亩"}},
	{"亩", 2000.0 / 3, []string{"亩", "MU"}},
	{"平方公里", 1e6, []string{"平方公里", "平方千米", "KM2", "KM²"}},
	{"平方米", 1, []string{"平方米", "㎡", "M2", "M²"}},
}

// How the unit of a declared area was told.
const (
	unitByValue    = "数值中写明"
	unitByColumn   = "列名写明"
	unitByStandard = "该列名的标准规定"
	unitByGeometry = "按图形面积判断"
)

// A declaredValue is a declared area as it was understood.
type declaredValue struct {
	m2        float64
	unit, how string
}

// declaredArea reads a declared area. The unit is the one that the value or the
// column names, or that a standard gives the column; else the one that brings
// the value nearest to the measured area, when one comes within a fifth of it.
func declaredArea(text, column string, measuredM2 float64) (declaredValue, bool) {
	text = toHalfWidth(text)
	if u, number, has := cutUnit(strings.ToUpper(text)); has {
		v, ok := parseNumber(strings.TrimSpace(number))
		return declaredValue{v * u.squareM, u.title, unitByValue}, ok
	}
	v, ok := parseNumber(text)
	if !ok {
		return declaredValue{}, false
	}
	name := normaliseName(column)
	if u, _, has := cutUnit(name); has {
		return declaredValue{v * u.squareM, u.title, unitByColumn}, true
	}
	if title, has := TheCatalogue().ColumnUnits[name]; has {
		return declaredValue{v * unitCalled(title).squareM, title, unitByStandard}, true
	}
	best, out := math.Inf(1), declaredValue{how: unitByGeometry}
	for _, u := range areaUnits {
		if d := math.Abs(math.Log(v * u.squareM / measuredM2)); d < best {
			best, out.m2, out.unit = d, v*u.squareM, u.title
		}
	}
	return out, best <= math.Log(1.2)
}

// cutUnit takes the unit off the end of a value or a column's name.
func cutUnit(s string) (unit areaUnit, rest string, has bool) {
	for _, u := range areaUnits {
		for _, suffix := range u.suffixes {
			if rest, has := strings.CutSuffix(s, suffix); has {
				return u, rest, true
			}
		}
	}
	return areaUnit{}, s, false
}

func unitCalled(title string) areaUnit {
	for _, u := range areaUnits {
		if u.title == title {
			return u
		}
	}
	return areaUnit{}
}

// declaredKM2 reads a declared area in square kilometres, which it is in where
// neither value nor column name another unit.
func declaredKM2(text, column string) (km2 float64, ok bool) {
	if column = normaliseName(column); column != "" {
		if _, _, has := cutUnit(column); !has {
			column += "KM2"
		}
	} else {
		column = "KM2"
	}
	v, ok := declaredArea(text, column, 0)
	return v.m2 / 1e6, ok
}

// readArea reads a declared area in square metres. A unit that only the geometry
// told is counted, and said once for the file.
func (n *normaliser) readArea(row int, f Field, text, column string, measuredM2 float64) (any, *taohe.Diagnostic) {
	v, ok := declaredArea(text, column, measuredM2)
	if !ok {
		return convertField(f, text, column, measuredM2)
	}
	if v.how == unitByGeometry {
		n.units.add(row, column, v.unit, text)
	}
	return v.m2, nil
}

// unitsFound counts, for each column and unit, the rows whose unit only the
// geometry told. A whole file says it once, not in each row.
type unitsFound struct {
	uses  []unitUse
	order map[[2]string]int
}

type unitUse struct {
	column, unit string
	rows         int
	firstRow     int
	firstValue   string
}

func (f *unitsFound) add(row int, column, unit, value string) {
	key := [2]string{column, unit}
	i, met := f.order[key]
	if !met {
		if f.order == nil {
			f.order = make(map[[2]string]int)
		}
		i = len(f.uses)
		f.order[key] = i
		f.uses = append(f.uses, unitUse{column: column, unit: unit, firstRow: row, firstValue: value})
	}
	f.uses[i].rows++
}

// diagnostics say which unit each column was taken to be in, and of a column
// that would be in several, that one of them is probably a slip.
func (f *unitsFound) diagnostics() []taohe.Diagnostic {
	var diags []taohe.Diagnostic
	units := make(map[string][]string)
	for _, u := range f.uses {
		diags = append(diags, taohe.Diagnostic{Code: "area.unit_by_geometry", Field: u.column, Args: map[string]string{
			"unit": u.unit, "rows": strconv.Itoa(u.rows), "first_row": strconv.Itoa(u.firstRow), "value": u.firstValue,
		}})
		units[u.column] = append(units[u.column], fmt.Sprintf("%s %d 行（第一处在第 %d 行）", u.unit, u.rows, u.firstRow))
	}
	for _, column := range sortedKeys(units) {
		if len(units[column]) > 1 {
			diags = append(diags, taohe.Diagnostic{Code: "area.units_mixed", Field: column, Args: map[string]string{"units": strings.Join(units[column], "、")}})
		}
	}
	return diags
}

// declaredTolerance is the share by which a declared area may differ before it
// is noted: the plane areas of approvals are up to 0.14 % larger, and declared
// figures are rounded.
const declaredTolerance = 0.01

func declaredDiffers(declaredM2, measuredM2 float64) (taohe.Diagnostic, bool) {
	if measuredM2 <= 0 || math.Abs(declaredM2-measuredM2) <= declaredTolerance*measuredM2 {
		return taohe.Diagnostic{}, false
	}
	return taohe.Diagnostic{Code: "area.declared_differs", Args: map[string]string{
		"declared_m2": geo.FormatM2(declaredM2), "measured_m2": geo.FormatM2(measuredM2),
		"percent": formatPercent(declaredM2, measuredM2),
	}}, true
}

// formatPercent is how much more the declared area is, with as many places as
// show 1 m² in 10 km².
func formatPercent(declaredM2, measuredM2 float64) string {
	return strconv.FormatFloat(100*(declaredM2/measuredM2-1), 'f', 4, 64)
}

// declaredTotals are the declared areas of a file against the measured ones: the
// sums, and the row that differs most. Declared areas of which none differs by
// enough to be noted may all differ the same way.
type declaredTotals struct {
	Rows            int
	DeclaredM2      float64 `db:"declared_m2"`
	MeasuredM2      float64 `db:"measured_m2"`
	WorstRow        int
	WorstDeclaredM2 float64 `db:"worst_declared_m2"`
	WorstMeasuredM2 float64 `db:"worst_measured_m2"`
	OverTolerance   int
	WorstLon        *float64
	WorstLat        *float64
	column, unit    string
}

func (t declaredTotals) diagnostic() taohe.Diagnostic {
	d := taohe.Diagnostic{Code: "area.declared_summary", Field: t.column, Args: map[string]string{
		"unit": t.unit, "rows": strconv.Itoa(t.Rows), "declared_m2": geo.FormatM2(t.DeclaredM2), "measured_m2": geo.FormatM2(t.MeasuredM2),
		"percent": formatPercent(t.DeclaredM2, t.MeasuredM2), "over": strconv.Itoa(t.OverTolerance),
		"worst_row": strconv.Itoa(t.WorstRow), "worst_declared_m2": geo.FormatM2(t.WorstDeclaredM2),
		"worst_measured_m2": geo.FormatM2(t.WorstMeasuredM2), "worst_percent": formatPercent(t.WorstDeclaredM2, t.WorstMeasuredM2),
	}}
	if t.WorstLon != nil && t.WorstLat != nil {
		d.At = &[2]float64{*t.WorstLon, *t.WorstLat}
	}
	return d
}

// settleDeclared holds the declared areas of the file against those of the
// shapes as they are stored, repairs included.
func (l *loader) settleDeclared(ctx context.Context, tx pgx.Tx) error {
	column, given := l.declaredColumn()
	if !given {
		return nil
	}
	rows, err := tx.Query(ctx, forLayer(sqlDeclaredAreas, l.req.layer), pgx.StrictNamedArgs{
		"dataset_id": l.DatasetID, "file_no": l.fileNo + 1, "tolerance": declaredTolerance,
	})
	if err != nil {
		return fmt.Errorf("declared areas: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[declaredTotals])
	if err != nil {
		return fmt.Errorf("declared areas: %w", err)
	}
	for _, t := range found {
		t.column, t.unit = column, l.declaredUnit(column)
		l.diags.add(t.diagnostic())
	}
	return nil
}

// declaredColumn is the column the declared areas stand in, "" where a constant
// gives them.
func (l *loader) declaredColumn() (column string, given bool) {
	field := l.req.spec.DeclaredArea
	if column, given = l.mapping.Columns[field]; given {
		return column, true
	}
	_, given = l.req.Set[field]
	return "", given
}

// declaredUnit says in which unit the declared areas of a column are, and how
// that is known.
func (l *loader) declaredUnit(column string) string {
	field, _ := l.req.spec.Field(l.req.spec.DeclaredArea)
	name := normaliseName(column)
	u, _, has := cutUnit(name)
	title, standard := TheCatalogue().ColumnUnits[name]
	switch {
	case column == "":
		return "固定值"
	case has:
		return u.title + "（" + unitByColumn + "）"
	case standard:
		return title + "（" + unitByStandard + "）"
	case field.Type == TypeAreaKM2:
		return "平方公里（矿区面积的法定单位）"
	}
	return "见数值或" + unitByGeometry
}
