// Package web holds the browser application, as `make web` builds it.
package web

import (
	"embed"
	"fmt"
	"io/fs"
)

// The pattern also finds dist-missing, so that the program builds without Node; all:
// takes files too whose names the bundler begins with an underscore.
//
//go:embed all:dist*
var built embed.FS

// Files are what is served at the root: index.html, and what it loads from
// assets, each beside itself compressed as .gz. Without a build there is an
// index.html only, which says so.
func Files() fs.FS {
	dir := "dist"
	if _, err := fs.Stat(built, "dist/index.html"); err != nil {
		dir = "dist-missing"
	}
	files, err := fs.Sub(built, dir)
	if err != nil {
		panic(fmt.Sprintf("web: %v", err)) // both names are valid paths
	}
	return files
}
