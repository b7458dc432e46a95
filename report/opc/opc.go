// Package opc packs the parts of an office document (Open Packaging
// Conventions, ISO/IEC 29500-2) into a zip that says nothing of when it was
// made: sorted entries, one fixed date. The same parts give the same bytes.
package opc

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// made is the date of every entry: the first one a zip can state.
var made = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// Write packs parts by name. [Content_Types].xml, which readers look for first,
// sorts before all others.
func Write(w io.Writer, parts map[string][]byte) error {
	z := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		method := zip.Deflate
		if strings.HasSuffix(name, ".png") {
			method = zip.Store // it is packed already
		}
		entry, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: made})
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
		if _, err := entry.Write(parts[name]); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return z.Close()
}

// Read unpacks a package into its parts. It is for packages that this program
// made itself: nothing bounds their size.
func Read(pack []byte) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	parts := make(map[string][]byte, len(z.File))
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("unpack %s: %w", f.Name, err)
		}
		if parts[f.Name], err = io.ReadAll(part); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", f.Name, err)
		}
		if err := part.Close(); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", f.Name, err)
		}
	}
	return parts, nil
}
