package access_test

import (
	"io/fs"
	"os"
	"testing"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	sql, err := fs.Sub(os.DirFS("."), "sql")
	if err != nil {
		t.Fatal(err)
	}
	pgtest.PrepareAll(t, sql)
}
