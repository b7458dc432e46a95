package ogc

import (
	"context"
	"embed"
	"fmt"
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
	sqlInvalidLiterals = pg.MustLoad(sqlFS, "sql/invalid_literals.sql")
)

// A wanted is something that rows must be: a filter, and what it is about.
type wanted struct {
	expr   *cql2.Expr
	target cql2.Target
}

// statement is a statement written for collection_rows and its like, made for
// the collection. What is put in comes from this program and its catalogue; what
// a request says comes in as arguments.
func (c *collection) statement(s pg.Statement, properties []property) string {
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
	return strings.NewReplacer(
		"collection_rows", withoutHead(c.rows),
		"collection_id", strings.Join(keys, " || '-' || "),
		"collection_after", strings.Join(after, ", "),
		"collection_keys", "unnest("+strings.Join(types, ", ")+") with ordinality as k("+strings.Join(names, ", ")+", n)",
		"collection_page_key", strings.Join(page, ", "),
		"collection_properties", strings.Join(outputs, ", "),
		"collection_key", strings.Join(columns, ", "),
	).Replace(withoutHead(s.SQL()))
}

// withoutHead leaves out the comment that a statement begins with.
func withoutHead(sql string) string {
	for strings.HasPrefix(sql, "--") {
		_, sql, _ = strings.Cut(sql, "\n")
	}
	return sql
}

// query runs a statement of the collection on those of its rows that are what
// is wanted.
func (c *collection) query(ctx context.Context, tx pgx.Tx, s pg.Statement, properties []property, want []wanted, args ...pgx.StrictNamedArgs) (pgx.Rows, error) {
	all := pgx.StrictNamedArgs{}
	for _, some := range args {
		for name, v := range some {
			all[name] = v
		}
	}
	sql, values, err := all.RewriteQuery(ctx, nil, c.statement(s, properties), nil)
	if err != nil {
		return nil, s.Named(err)
	}
	// Filters are numbered on from the arguments that have names.
	var filter []string
	for _, w := range want {
		w.target.FirstArg = len(values) + 1
		condition, err := cql2.Compile(w.expr, w.target)
		if err != nil {
			return nil, s.Named(err)
		}
		filter, values = append(filter, condition.SQL), append(values, condition.Args...)
	}
	rows, err := tx.Query(ctx, filtered(sql, filter), values...)
	return rows, s.Named(err)
}

// filtered puts conditions into a statement, which all must be met.
func filtered(sql string, conditions []string) string {
	if len(conditions) == 0 {
		conditions = []string{"true"}
	}
	return strings.ReplaceAll(sql, "collection_filter", strings.Join(conditions, " and "))
}
