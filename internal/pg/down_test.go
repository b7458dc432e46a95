package pg_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/taohe-gis/taohe/internal/pgtest"
	"github.com/taohe-gis/taohe/migrations"
)

// The rights are taken off again whole, and put on again: nothing of theirs is in the
// way of what was there before.
func TestRightsGoAndComeBack(t *testing.T) {
	t.Parallel()
	cfg, err := pgx.ParseConfig(pgtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	const before, rights = 13, 14
	if _, err := provider.DownTo(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	var policies, granted int
	err = db.QueryRowContext(t.Context(), `
		select (select count(*) from pg_policies where schemaname = 'public'),
		       (select count(*) from information_schema.role_table_grants where grantee like 'taohe\_%' and table_name !~ '^river_')`).Scan(&policies, &granted)
	if err != nil || policies+granted > 0 {
		t.Errorf("%d policies and %d grants are left, %v", policies, granted, err)
	}
	if _, err := provider.UpTo(t.Context(), rights); err != nil {
		t.Fatal(err)
	}
}
