package torture_test

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/taohe-gis/taohe/internal/torture"
)

// GDAL reads each file, and where rows, areas or values are otherwise than the
// case wants them, the case must say so; and only there.
func TestGDAL(t *testing.T) {
	t.Parallel()
	needProgram(t, "ogrinfo")
	version, err := exec.Command("ogrinfo", "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(version), "GDAL "+torture.GDALVersion+".") {
		t.Skipf("the cases speak of GDAL %s, this is %s", torture.GDALVersion, version)
	}
	cases := torture.Cases()
	answers := askGDAL(t, cases)
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			switch how := difference(c.Want, parseAnswer(answers[i])); {
			case how != "" && c.GDAL == "":
				t.Errorf("%s: GDAL differs and nothing is said: %s", c.Odd, how)
			case how == "" && c.GDAL != "":
				t.Errorf("%s: GDAL does not differ, but it is said: %s", c.Odd, c.GDAL)
			case how != "":
				t.Logf("%s: %s", how, c.GDAL)
			}
		})
	}
}

// askGDAL returns what ogrinfo prints of each case's file, nothing where it
// opens none. One shell asks for all: hundreds of processes are started faster
// so, and none outlives a minute.
func askGDAL(t *testing.T, cases []torture.Case) []string {
	t.Helper()
	folder := t.TempDir()
	var arguments strings.Builder
	for i, c := range cases {
		path, err := c.Write(filepath.Join(folder, filepath.FromSlash(c.Name)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".zip") {
			path = "/vsizip/" + path
		}
		fmt.Fprintf(&arguments, "%s\x00%s\x00", path, filepath.Join(folder, strconv.Itoa(i)))
	}
	// It fails for a file it cannot open, and for some that it reads in part.
	cmd := exec.Command("xargs", "-0", "-n", "2", "-P", "2", "sh", "-c", `timeout 60 ogrinfo -ro -al -q "$0" >"$1" 2>/dev/null; true`)
	cmd.Stdin = strings.NewReader(arguments.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	answers := make([]string, len(cases))
	for i := range answers {
		b, err := os.ReadFile(filepath.Join(folder, strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		answers[i] = string(b)
	}
	return answers
}

// A gdalLayer is what ogrinfo prints of one layer.
type gdalLayer struct {
	name string
	rows []gdalRow
}

type gdalRow struct {
	shape  string
	values map[string]string // by lower-case name
}

var (
	layerLine   = regexp.MustCompile(`^Layer name: (.*)$`)
	featureLine = regexp.MustCompile(`^OGRFeature\(.*\):(-?\d+)$`)
	valueLine   = regexp.MustCompile(`^  (.*) \((?:Integer|Integer64|Real|String|Date|DateTime|Time|Binary|IntegerList|Integer64List|RealList|StringList)(?:\(\w+\))?\) = (.*)$`)
	styleLine   = regexp.MustCompile(`^  Style = `)
	shapeLine   = regexp.MustCompile(`^  ([A-Z]{4,}\b.*)$`)
)

// parseAnswer reads what ogrinfo printed.
func parseAnswer(text string) []gdalLayer {
	var layers []gdalLayer
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		n := len(layers) - 1
		switch {
		case layerLine.MatchString(line):
			layers = append(layers, gdalLayer{name: layerLine.FindStringSubmatch(line)[1]})
			continue
		case n < 0 || styleLine.MatchString(line):
			continue
		case featureLine.MatchString(line):
			layers[n].rows = append(layers[n].rows, gdalRow{torture.None, map[string]string{"fid": featureLine.FindStringSubmatch(line)[1]}})
			continue
		}
		last := len(layers[n].rows) - 1
		if last < 0 {
			continue
		}
		row := &layers[n].rows[last]
		if m := valueLine.FindStringSubmatch(line); m != nil {
			if m[2] != "(null)" {
				row.values[strings.ToLower(m[1])] = m[2]
			}
		} else if m := shapeLine.FindStringSubmatch(line); m != nil {
			row.shape = gdalShape(m[1])
		}
	}
	return layers
}

func gdalShape(text string) string {
	if strings.HasSuffix(text, "EMPTY") {
		return torture.None
	}
	g, err := wkt.Unmarshal(text)
	if err != nil {
		kind, _, _ := strings.Cut(text, " ")
		return kind
	}
	if c, ok := g.(*geom.GeometryCollection); ok {
		return torture.Other("GeometryCollection", c.NumGeoms())
	}
	return shape(g)
}

// difference says how GDAL's reading differs in rows, areas and values; ""
// where it does not. Names of layers and order, encodings and references are
// not compared: a layer is found by its name, or all are taken together.
func difference(want torture.Reading, got []gdalLayer) string {
	byName := map[string]*gdalLayer{}
	rows := 0
	var all gdalLayer
	for i := range got {
		byName[got[i].name] = &got[i]
		all.rows = append(all.rows, got[i].rows...)
		rows += len(got[i].rows)
	}
	if want.Refused != "" {
		if rows > 0 {
			return fmt.Sprintf("it reads %d rows: %v", rows, all.rows)
		}
		return ""
	}
	named, expected := true, 0
	for _, l := range want.Layers {
		named = named && byName[l.Name] != nil
		expected += max(l.Count, len(l.Rows))
	}
	if rows != expected {
		return fmt.Sprintf("it reads %d rows in %d layers, not %d", rows, len(got), expected)
	}
	if !named {
		var together torture.Layer
		for _, l := range want.Layers {
			together.Rows = append(together.Rows, l.Rows...)
		}
		return rowsDiffer(together, all)
	}
	for _, l := range want.Layers {
		if how := rowsDiffer(l, *byName[l.Name]); how != "" {
			return "layer " + l.Name + ": " + how
		}
	}
	return ""
}

func rowsDiffer(want torture.Layer, got gdalLayer) string {
	if want.Rows == nil {
		if want.Count != len(got.rows) {
			return fmt.Sprintf("%d rows", len(got.rows))
		}
		return ""
	}
	if len(want.Rows) != len(got.rows) {
		return fmt.Sprintf("%d rows", len(got.rows))
	}
	for i, row := range want.Rows {
		if !sameShape(row.Shape, got.rows[i].shape) {
			return fmt.Sprintf("row %d is %q", i+1, got.rows[i].shape)
		}
		wanted := map[string]string{}
		for pair := range strings.SplitSeq(row.Values, "|") {
			if name, value, ok := strings.Cut(pair, "="); ok {
				wanted[strings.ToLower(name)] = value
			}
		}
		for name, value := range wanted {
			if g := got.rows[i].values[name]; !sameValue(value, g) {
				return fmt.Sprintf("row %d has %s=%q, not %q (all: %v)", i+1, name, g, value, got.rows[i].values)
			}
		}
		for _, f := range want.Fields {
			// A key of the database is the feature's number to GDAL.
			name := strings.ToLower(f[:strings.LastIndexByte(f, ' ')])
			if g, ok := got.rows[i].values[name]; ok && wanted[name] == "" && strings.TrimSpace(g) != "" {
				return fmt.Sprintf("row %d has %s=%q, not null", i+1, name, g)
			}
		}
	}
	return ""
}

// sameShape compares shapes without heights; a multi-part line of one part is a
// line.
func sameShape(a, b string) bool {
	plain := func(s string) string { return strings.TrimPrefix(strings.TrimSuffix(s, ", heights"), "Multi") }
	a, b = plain(a), plain(b)
	headA, areaA, okA := strings.Cut(a, ", area ")
	headB, areaB, okB := strings.Cut(b, ", area ")
	if !okA || !okB {
		return a == b
	}
	x, errX := strconv.ParseFloat(areaA, 64)
	y, errY := strconv.ParseFloat(areaB, 64)
	// ogrinfo prints fifteen digits: micrometres of an easting of eight.
	return errX == nil && errY == nil && headA == headB && math.Abs(x-y) <= 1e-3+1e-9*math.Abs(x)
}

// sameValue compares texts as they are, dates and truth by their meaning, whole
// numbers exactly, and fractions to the fifteen digits ogrinfo prints.
func sameValue(want, got string) bool {
	if want == got || want == strings.ReplaceAll(got, "/", "-") {
		return true
	}
	switch want {
	case "true":
		return got == "1" || got == "T"
	case "false":
		return got == "0" || got == "F"
	}
	a, okA := new(big.Rat).SetString(strings.TrimPrefix(want, "+"))
	b, okB := new(big.Rat).SetString(got)
	if !okA || !okB {
		return false
	}
	if a.Cmp(b) == 0 {
		return true
	}
	x, _ := a.Float64()
	y, _ := b.Float64()
	return !a.IsInt() && math.Abs(x-y) <= 1e-14*math.Abs(x)
}
