// Package sampledata holds the files of the sample county, as
// go run ./internal/sample/mksample writes them.
package sampledata

import "embed"

// FS holds every file of the folder but this one.
//
//go:embed README.md *.json *.geojson *.zip *.svg
var FS embed.FS
