package backup

import (
	"testing"

	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	pgtest.PrepareAll(t, sqlFS)
}

// Roles that the program made on the server are made on the next, with what they
// are members of; those that are there stay as they are.
func TestRoles(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	m := Manifest{Roles: []Role{{"taohe_test_low", nil}, {"taohe_test_high", []string{"taohe_test_low"}}}}
	for range 2 {
		if err := m.makeRoles(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
	}
	var member bool
	if err := pool.QueryRow(t.Context(), `select pg_has_role('taohe_test_high', 'taohe_test_low', 'member')`).Scan(&member); err != nil || !member {
		t.Errorf("member: %v %v", member, err)
	}
}
