package torture_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/format"
	"github.com/taohe-gis/taohe/ingest/ogr"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/torture"
)

// Every file is read as its case says, to the letter.
func TestReadings(t *testing.T) {
	t.Parallel()
	for _, c := range torture.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if c.Through {
				needProgram(t, ogr.Program)
			}
			path, err := c.Write(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			got := read(t, path)
			for i := range got.Layers {
				if i < len(c.Want.Layers) {
					settle(&got.Layers[i], c.Want.Layers[i])
				}
			}
			if g, w := words(got), words(c.Want); g != w || !reflect.DeepEqual(got.Refused, c.Want.Refused) {
				t.Errorf("%s\n got %s\nwant %s", c.Odd, g, w)
			}
		})
	}
}

// settle leaves out of what was read what the case does not speak of.
func settle(got *torture.Layer, want torture.Layer) {
	if want.Rows == nil {
		got.Rows = nil
	}
	for i := range got.Rows {
		if i < len(want.Rows) && want.Rows[i].Number == 0 {
			got.Rows[i].Number = 0
		}
	}
}

func needProgram(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed (Debian: %s)", program, ogr.Package)
	}
}

// words is a reading in lines that can be compared by eye.
func words(r torture.Reading) string {
	if r.Refused != "" {
		return "refused " + r.Refused
	}
	var b strings.Builder
	for _, l := range r.Layers {
		count := l.Count
		if l.Rows != nil {
			count = len(l.Rows)
		}
		fmt.Fprintf(&b, "\n  layer %s: %d rows, fields %q, encoding %s, reference %s, diagnostics %v", l.Name, count, l.Fields, l.Encoding, l.Reference, l.Codes)
		for _, row := range l.Rows {
			fmt.Fprintf(&b, "\n    row %d: %s; %s", row.Number, row.Shape, row.Values)
		}
	}
	return b.String()
}

func read(t *testing.T, path string) torture.Reading {
	t.Helper()
	sources, closer, err := format.Open(path, format.Options{})
	var refused *record.RefusedError
	if errors.As(err, &refused) {
		for _, d := range refused.Diagnostics {
			hasText(t, d)
		}
		return torture.Reading{Refused: refused.Diagnostics[0].Code}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}()
	var r torture.Reading
	for _, s := range sources {
		r.Layers = append(r.Layers, readLayer(t, s))
	}
	return r
}

func readLayer(t *testing.T, s record.Source) torture.Layer {
	l := torture.Layer{Name: s.Name(), Codes: map[string]int{}}
	see := func(ds []taohe.Diagnostic) {
		for _, d := range ds {
			hasText(t, d)
			l.Codes[d.Code]++
		}
	}
	for _, f := range s.Fields() {
		l.Fields = append(l.Fields, f.Name+" "+[]string{"null", "text", "integer", "decimal", "date", "logical"}[f.Kind])
	}
	if e := s.Encoding(); e.Name != "" {
		l.Encoding = e.Name + " (" + e.How + ")"
	}
	l.Reference = reference(s.Reference())
	for rec, err := range s.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		l.Count++
		see(rec.Diagnostics)
		if rec.Geometry == nil && len(rec.Diagnostics) == 0 {
			t.Errorf("%s row %d: no geometry and no word why", s.Name(), rec.Row)
		}
		var values []string
		for _, a := range rec.Attributes {
			if a.Value.Kind != record.Null {
				values = append(values, a.Name+"="+a.Value.Text)
			}
		}
		l.Rows = append(l.Rows, torture.Row{Number: rec.Row, Shape: shape(rec.Geometry), Values: strings.Join(values, "|")})
	}
	see(s.Diagnostics())
	return l
}

var firstName = regexp.MustCompile(`"([^"]*)"`)

func reference(r record.Reference) string {
	text := "none"
	switch {
	case r.EPSG != 0:
		text = fmt.Sprintf("EPSG:%d", r.EPSG)
	case r.WKT != "":
		text = "WKT"
		if m := firstName.FindStringSubmatch(r.WKT); m != nil {
			text += " " + m[1]
		}
	}
	if r.How != "" {
		text += " (" + r.How + ")"
	}
	return text
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// hasText holds that a diagnostic is in the catalogue with all it names.
func hasText(t *testing.T, d taohe.Diagnostic) {
	t.Helper()
	for _, text := range []string{d.Chinese(), d.English()} {
		if text == d.Code || placeholder.MatchString(text) {
			t.Errorf("%s says %q", d.Code, text)
		}
	}
}

// shape is a geometry in the words of the cases.
func shape(g geom.T) string {
	switch g := g.(type) {
	case nil:
		return torture.None
	case *geom.Polygon:
		return polygons(g.Layout(), g.FlatCoords(), [][]int{g.Ends()})
	case *geom.MultiPolygon:
		return polygons(g.Layout(), g.FlatCoords(), g.Endss())
	case *geom.GeometryCollection:
		return torture.Other("GeometryCollection", g.NumGeoms())
	}
	name := strings.TrimPrefix(fmt.Sprintf("%T", g), "*geom.")
	return torture.Other(name, len(g.FlatCoords())/max(1, g.Stride()))
}

func polygons(layout geom.Layout, flat []float64, endss [][]int) string {
	rings, planar, start, stride := 0, 0.0, 0, layout.Stride()
	for _, ends := range endss {
		for i, end := range ends {
			a := ringArea(flat[start:end], stride)
			if i > 0 {
				a = -a
			}
			planar += a
			rings++
			start = end
		}
	}
	if layout.ZIndex() >= 0 {
		return torture.PolygonZ(len(endss), rings, planar)
	}
	return torture.Polygon(len(endss), rings, planar)
}

// ringArea is the unsigned area of a closed ring, about its first corner.
func ringArea(ring []float64, stride int) float64 {
	var sum float64
	for i := stride; i+stride < len(ring)+1 && i+stride <= len(ring); i += stride {
		ax, ay := ring[i-stride]-ring[0], ring[i-stride+1]-ring[1]
		bx, by := ring[i]-ring[0], ring[i+1]-ring[1]
		sum += ax*by - bx*ay
	}
	if sum < 0 {
		sum = -sum
	}
	return sum / 2
}

// The set is as large as it is said to be, its names are unique and safe, and
// each case says what is odd.
func TestSet(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range torture.Cases() {
		if !regexp.MustCompile(`^[a-z0-9]+(/[a-z0-9-]+)+$`).MatchString(c.Name) || names[c.Name] {
			t.Errorf("case %q: twice, or not a plain name", c.Name)
		}
		names[c.Name] = true
		if c.Odd == "" || c.Make == nil || (c.Want.Refused == "") == (c.Want.Layers == nil) {
			t.Errorf("case %s says too little", c.Name)
		}
	}
	if len(names) < 130 {
		t.Errorf("%d cases", len(names))
	}
}
