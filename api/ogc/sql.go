package ogc

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/cql2"
	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql
var sqlFS embed.FS

var (
	sqlNow             = pg.MustLoad(sqlFS, "sql/now.sql")
	sqlCurrentDatasets = pg.MustLoad(sqlFS, "sql/current_datasets.sql")
	sqlNewestRuns      = pg.MustLoad(sqlFS, "sql/newest_runs.sql")
	sqlLayerRows       = pg.MustLoad(sqlFS, "sql/layer_rows.sql")
	sqlFindingRows     = pg.MustLoad(sqlFS, "sql/finding_rows.sql")
	sqlKeys            = pg.MustLoad(sqlFS, "sql/keys.sql")
	sqlCount           = pg.MustLoad(sqlFS, "sql/count.sql")
	sqlExtent          = pg.MustLoad(sqlFS, "sql/extent.sql")
	sqlFeatures        = pg.MustLoad(sqlFS, "sql/features.sql")
	sqlTile            = pg.MustLoad(sqlFS, "sql/tile.sql")
	sqlRowCopy         = pg.MustLoad(sqlFS, "sql/row_copy.sql")
	sqlFindingCopy     = pg.MustLoad(sqlFS, "sql/finding_copy.sql")
	sqlInvalidLiterals = pg.MustLoad(sqlFS, "sql/invalid_literals.sql")
)

// A wanted is something that rows must be: a filter, and what it is about.
type wanted struct {
	expr   *cql2.Expr
	target cql2.Target
}

// A sorting is a property that features are sorted by.
type sorting struct {
	property
	descending bool
}

// statement is a statement written for collection_rows and its like, made for
// the collection. What is put in comes from this program and its catalogue; what
// a request says comes in as arguments.
func (c *collection) statement(s pg.Statement, properties []property, sort []sorting) string {
	var columns, after, keys, page, names, outputs, types []string
	for i, k := range c.key {
		n := i + 1
		columns = append(columns, k.column)
		after = append(after, fmt.Sprintf("@after_%d::%s", n, k.sqlType))
		types = append(types, fmt.Sprintf("@keys_%d::%s[]", n, k.sqlType))
		names = append(names, fmt.Sprintf("key_%d", n))
		page = append(page, fmt.Sprintf("k.key_%d", n))
		keys = append(keys, k.column+"::text")
	}
	for _, p := range properties {
		outputs = append(outputs, p.output())
	}
	copied := sqlRowCopy
	if c.layer == "" {
		copied = sqlFindingCopy
	}
	key, last := strings.Join(columns, ", "), strings.Join(after, ", ")
	order, beyond := c.sorted(sort, key, last)
	return strings.NewReplacer(
		"collection_rows", withoutHead(c.rows),
		"collection_id", strings.Join(keys, " || '-' || "),
		"collection_order", order,
		"collection_beyond", beyond,
		"collection_keys", "unnest("+strings.Join(types, ", ")+") with ordinality as k("+strings.Join(names, ", ")+", n)",
		"collection_page_key", strings.Join(page, ", "),
		"collection_properties", strings.Join(outputs, ", "),
		"collection_blank", strings.Join(slices.Repeat([]string{"null"}, len(outputs)), ", "),
		"collection_copy", withoutHead(copied.SQL()),
		"collection_key", key,
	).Replace(withoutHead(s.SQL()))
}

// sorted is how rows are sorted, at last by their key, and what is true of those
// behind the one whose key is last. What is unknown comes at the end. The
// values of that row are looked up: they never change, and no address needs to carry them.
func (c *collection) sorted(sort []sorting, key, last string) (order, beyond string) {
	order, beyond = key, "("+key+") > ("+last+")"
	for i := len(sort) - 1; i >= 0; i-- {
		column, direction, than := sort[i].column(), "asc", ">"
		if sort[i].descending {
			direction, than = "desc", "<"
		}
		value := "(select " + column + " from (" + withoutHead(c.rows) + ") r where (" + key + ") = (" + last + "))"
		order = column + " " + direction + " nulls last, " + order
		beyond = "(" + column + " " + than + " " + value + " or " + column + " is null and " + value + " is not null" +
			" or " + column + " is not distinct from " + value + " and " + beyond + ")"
	}
	return order, beyond
}

// withoutHead leaves out the comment that a statement begins with.
func withoutHead(sql string) string {
	for strings.HasPrefix(sql, "--") {
		_, sql, _ = strings.Cut(sql, "\n")
	}
	return sql
}

// query runs a statement of the collection on those of its rows that are asked
// for.
func (c *collection) query(ctx context.Context, tx pgx.Tx, s pg.Statement, a asked, args ...pgx.StrictNamedArgs) (pgx.Rows, error) {
	all := pgx.StrictNamedArgs{}
	for _, some := range args {
		for name, v := range some {
			all[name] = v
		}
	}
	sql, values, err := all.RewriteQuery(ctx, nil, c.statement(s, a.properties, a.sort), nil)
	if err != nil {
		return nil, s.Named(err)
	}
	// Filters are numbered on from the arguments that have names.
	var filter []string
	for _, w := range a.want {
		w.target.FirstArg = len(values) + 1
		condition, err := cql2.Compile(w.expr, w.target)
		if err != nil {
			return nil, s.Named(err)
		}
		filter, values = append(filter, condition.SQL), append(values, condition.Args...)
	}
	// Planned for these values each time: a plan for any values would look through the
	// tables of all versions, as lists of them choose none until they are known.
	rows, err := tx.Query(ctx, filtered(sql, filter), append([]any{pgx.QueryExecModeCacheDescribe}, values...)...)
	return rows, s.Named(err)
}

// filtered puts conditions into a statement, which all must be met.
func filtered(sql string, conditions []string) string {
	if len(conditions) == 0 {
		conditions = []string{"true"}
	}
	return strings.ReplaceAll(sql, "collection_filter", strings.Join(conditions, " and "))
}
