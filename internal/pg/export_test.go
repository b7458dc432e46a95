package pg

// What the tests, which stand outside because they need a database from
// internal/pgtest, see of the inside.
var (
	CheckWith     = check
	MigrateWith   = migrate
	PostgresReady = postgresReady
	PostGISReady  = postgisReady
)
