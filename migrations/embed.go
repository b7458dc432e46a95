// Package migrations is the schema's single home: goose SQL files, embedded,
// applied in the order of their numbers. An applied file is never edited; a
// change is a new file.
package migrations

import "embed"

// FS holds the migration files at its root.
//
//go:embed *.sql
var FS embed.FS
