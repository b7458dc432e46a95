package ingest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// Every statement is parsed by the server against the schema; those written for
// a layer's table, against each of them.
func TestQueriesPrepare(t *testing.T) {
	t.Parallel()
	statements, err := pg.LoadAll(sqlFS)
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) == 0 {
		t.Fatal("no statements")
	}
	conn, err := pgtest.New(t).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, s := range statements {
		for _, l := range taohe.Layers() {
			sql, _, err := pgx.NamedArgs{}.RewriteQuery(context.Background(), nil, forLayer(s, l), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Conn().Prepare(t.Context(), "", sql); err != nil {
				t.Errorf("%s for %s: %v", s.Name(), l, err)
			}
			if forLayer(s, l) == s.SQL() {
				break // not written for a layer's table
			}
		}
	}
}

func TestCatalogueParses(t *testing.T) {
	t.Parallel()
	if _, err := parseCatalogue(catalogueYAML); err != nil {
		t.Fatal(err)
	}
}
