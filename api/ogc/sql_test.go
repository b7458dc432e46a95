package ogc_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/api/ogc"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// Every statement of every collection is one that the server takes. The others
// are run by the tests of what they are for.
func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	conn, err := pgtest.New(t).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	all := ogc.Statements()
	if len(all) != 5*len(allCollections) {
		t.Errorf("%d statements", len(all))
	}
	for name, statement := range all {
		sql, _, err := pgx.NamedArgs{}.RewriteQuery(t.Context(), nil, statement, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Conn().Prepare(t.Context(), "", sql); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
