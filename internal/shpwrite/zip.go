package shpwrite

import (
	"archive/zip"
	"fmt"
	"io"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// WriteZip writes the layers as shapefiles in one zip: for each .shp, .shx and
// .dbf, then .prj and .cpg where the layer has them. An error names layer, row
// and field; w then holds an unfinished archive.
func WriteZip(w io.Writer, layers ...Layer) error {
	zw := zip.NewWriter(w)
	for _, l := range layers {
		if err := writeLayer(zw, l); err != nil {
			return fmt.Errorf("layer %s: %w", l.Name, err)
		}
	}
	return zw.Close()
}

func writeLayer(zw *zip.Writer, l Layer) error {
	shp, err := newShapes(l.rows())
	if err != nil {
		return err
	}
	dbf, err := newTable(l, len(shp.sizes))
	if err != nil {
		return err
	}
	parts := []struct {
		extension string
		write     func(io.Writer) error
	}{
		{".shp", shp.writeSHP},
		{".shx", shp.writeSHX},
		{".dbf", dbf.write},
		{".prj", text(l.PRJ)},
		{".cpg", text(map[Encoding]string{GBK: "GBK", UTF8: "UTF-8"}[l.Encoding])},
	}
	for _, p := range parts {
		if p.extension == ".prj" && l.PRJ == "" || p.extension == ".cpg" && !l.WriteCPG {
			continue
		}
		h := &zip.FileHeader{
			Name: l.Name + p.extension, Method: zip.Deflate,
			// The first moment a zip can carry, so that no clock is in the bytes.
			Modified: time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC),
		}
		if l.GBKEntryName {
			if h.Name, err = simplifiedchinese.GBK.NewEncoder().String(h.Name); err != nil {
				return fmt.Errorf("entry name has no GBK form: %w", err)
			}
			h.NonUTF8 = true
		}
		entry, err := zw.CreateHeader(h)
		if err != nil {
			return err
		}
		if err := p.write(entry); err != nil {
			return fmt.Errorf("%s: %w", p.extension, err)
		}
	}
	return nil
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}
