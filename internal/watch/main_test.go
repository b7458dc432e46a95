package watch

import (
	"testing"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	pgtest.PrepareAll(t, sqlFS)
}
