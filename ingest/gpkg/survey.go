package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// survey finds the feature tables (§1.1.3, §2.1.5).
func (f *File) survey(ctx context.Context, conn *sql.Conn) error {
	tables, err := f.tables(ctx, conn)
	if err != nil {
		return err
	}
	for _, needed := range []string{"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} {
		if tables[needed] != kindTable {
			return record.Refuse("gpkg.not_geopackage", map[string]string{"reason": "no table " + needed})
		}
	}
	contents, err := f.contents(ctx, conn)
	if err != nil {
		return err
	}
	var ignored, views []string
	for _, c := range contents {
		switch {
		case !strings.EqualFold(c.dataType, "features"):
			ignored = append(ignored, c.table)
		case tables[strings.ToLower(c.table)] != kindTable:
			views = append(views, c.table)
		default:
			if err := f.layer(ctx, conn, c); err != nil {
				return err
			}
		}
	}
	for _, n := range []struct {
		code   string
		tables []string
	}{{"gpkg.tables_ignored", ignored}, {"gpkg.views_ignored", views}} {
		if len(n.tables) == 0 {
			continue
		}
		d := taohe.Diagnostic{Code: n.code, Args: map[string]string{"tables": strings.Join(n.tables, "、")}}
		for _, l := range f.layers {
			l.opened = append(l.opened, d)
		}
	}
	if len(f.layers) == 0 {
		return record.Refuse("gpkg.no_features", map[string]string{"tables": strings.Join(append(ignored, views...), "、")})
	}
	return nil
}

// A tableKind tells what can be read without running code of the file.
type tableKind uint8

const (
	kindNone tableKind = iota
	kindTable
	kindOther // view, virtual table
)

func (f *File) tables(ctx context.Context, conn *sql.Conn) (map[string]tableKind, error) {
	rows, err := conn.QueryContext(ctx, `select name, type, rootpage, sql from sqlite_schema where type in ('table', 'view')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	kinds := map[string]tableKind{}
	for rows.Next() {
		var name, kind, text sql.NullString
		var page sql.NullInt64
		if err := rows.Scan(&name, &kind, &page, &text); err != nil {
			return nil, err
		}
		if len(kinds) > f.limits.MaxEntries {
			return nil, record.Refuse("file.limit", map[string]string{"what": "tables", "limit": strconv.Itoa(f.limits.MaxEntries)})
		}
		k := kindTable
		if kind.String != "table" || page.Int64 == 0 || strings.Contains(strings.ToLower(text.String[:min(len(text.String), 64)]), "virtual") {
			k = kindOther
		}
		kinds[strings.ToLower(name.String)] = k
	}
	return kinds, rows.Err()
}

// A content is one row of gpkg_contents with what is said of its geometry.
type content struct {
	table, dataType        string
	column                 sql.NullString
	srsID, code            sql.NullInt64
	organisation, wkt, alt sql.NullString
}

func (f *File) contents(ctx context.Context, conn *sql.Conn) ([]content, error) {
	// A newer extension keeps well-known text of 2015 in a column beside.
	alternative := "null"
	columns, err := f.columns(ctx, conn, "gpkg_spatial_ref_sys")
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if c.name == "definition_12_063" {
			alternative = "s.definition_12_063"
		}
	}
	rows, err := conn.QueryContext(ctx, `
		select c.table_name, c.data_type, g.column_name, g.srs_id, s.organization_coordsys_id, s.organization, s.definition, `+alternative+`
		from gpkg_contents c
		left join gpkg_geometry_columns g on lower(g.table_name) = lower(c.table_name)
		left join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id
		order by c.rowid, g.rowid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []content
	seen := map[string]bool{}
	for rows.Next() {
		var c content
		var table, dataType sql.NullString
		if err := rows.Scan(&table, &dataType, &c.column, &c.srsID, &c.code, &c.organisation, &c.wkt, &c.alt); err != nil {
			return nil, err
		}
		c.table, c.dataType = table.String, dataType.String
		if key := strings.ToLower(c.table); !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
		if len(out) > f.limits.MaxEntries {
			return nil, record.Refuse("file.limit", map[string]string{"what": "tables", "limit": strconv.Itoa(f.limits.MaxEntries)})
		}
	}
	return out, rows.Err()
}

// A column is one of a table; generated ones are left out, they are code.
type column struct {
	name, declared string
}

func (f *File) columns(ctx context.Context, conn *sql.Conn, table string) ([]column, error) {
	rows, err := conn.QueryContext(ctx, `select name, type from pragma_table_info(?)`, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []column
	for rows.Next() {
		var name, declared sql.NullString
		if err := rows.Scan(&name, &declared); err != nil {
			return nil, err
		}
		if out = append(out, column{name.String, declared.String}); len(out) > f.limits.MaxFields+1 {
			return nil, record.Refuse("file.limit", map[string]string{"what": "fields of " + table, "limit": strconv.Itoa(f.limits.MaxFields)})
		}
	}
	return out, rows.Err()
}

func (f *File) layer(ctx context.Context, conn *sql.Conn, c content) error {
	columns, err := f.columns(ctx, conn, c.table)
	if err != nil {
		return err
	}
	l := &Layer{file: f, name: strings.ToValidUTF8(c.table, "\uFFFD"), table: c.table, srsID: c.srsID.Int64, rows: -1, reference: f.reference(c)}
	l.opened = append(l.opened, f.opts.Notes...)
	for _, col := range columns {
		if strings.EqualFold(col.name, c.column.String) {
			l.geometry = col.name
			continue
		}
		f := field(col)
		if !utf8.ValidString(f.Name) {
			f.Name = strings.ToValidUTF8(f.Name, "\uFFFD")
			l.opened = append(l.opened, taohe.Diagnostic{Code: "field.name_undecodable", Field: f.Name, Args: map[string]string{"encoding": "UTF-8"}})
		}
		l.columns = append(l.columns, col)
		l.fields = append(l.fields, f)
	}
	if l.geometry == "" {
		l.opened = append(l.opened, taohe.Diagnostic{Code: "gpkg.no_geometry_column", Args: map[string]string{"layer": c.table, "column": c.column.String}})
	}
	var n int
	err = conn.QueryRowContext(ctx, `select count(*) from `+quote(c.table)).Scan(&n)
	var refused *record.RefusedError
	switch err = f.judge(err); {
	case errors.As(err, &refused):
		// Reading the rows will meet the damage and say so.
	case err != nil:
		return err
	case n > f.limits.MaxRows:
		return record.Refuse("file.limit", map[string]string{"what": "rows", "limit": fmt.Sprint(f.limits.MaxRows)})
	default:
		l.rows = n
	}
	f.layers = append(f.layers, l)
	return nil
}

// reference is what the file says: the text of the definition where it has
// one, because parameters tell more than a code, else the code.
func (f *File) reference(c content) record.Reference {
	for _, text := range []string{c.wkt.String, c.alt.String} {
		text = strings.TrimSpace(text)
		if text != "" && !strings.EqualFold(text, "undefined") && len(text) <= f.limits.MaxFieldSize {
			return record.Reference{WKT: text, How: f.opts.How}
		}
	}
	if strings.EqualFold(c.organisation.String, "EPSG") && c.code.Int64 > 0 && c.code.Int64 < 1<<31 {
		return record.Reference{EPSG: int(c.code.Int64), How: f.opts.How}
	}
	return record.Reference{How: f.opts.How}
}

// quote makes a name of the file safe inside a statement.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
