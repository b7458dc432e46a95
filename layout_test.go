package taohe_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// layout is policy: each package of this module, and the packages of this
// module that its code (tests aside) may import. "." is the root, "x/..." is x
// and all below it, "*" is anything. Do not widen a line to mend a build:
// write the decision down first (docs/adr).
const layout = `
geo                      :
.                        :
migrations               :
web                      :
sample-data              :

ingest/record            : .
ingest/archive           : . geo ingest/record
ingest/rings             :
ingest/shp               : . geo ingest/record ingest/archive ingest/rings
ingest/geojson           : . geo ingest/record ingest/archive ingest/rings
ingest/gpkg              : . geo ingest/record ingest/archive ingest/rings
ingest/kml               : . geo ingest/record ingest/archive ingest/rings
ingest/jzd               : . geo ingest/record ingest/archive ingest/rings
ingest/geotiff           :
ingest/ogr               : . ingest/record ingest/archive ingest/rings ingest/gpkg
ingest/corner            : . geo ingest/record ingest/archive ingest/rings
ingest/format            : . geo ingest/record ingest/archive ingest/shp ingest/geojson ingest/corner ingest/gpkg ingest/kml ingest/jzd ingest/ogr
ingest                   : . geo ingest/... internal/pg
overlay                  : . geo internal/pg
ledger                   : . geo overlay internal/chain internal/pg
report/opc               :
report/docx              : report/opc
report                   : . geo report/docx report/opc
report/drawing           :
report/mapsheet          : . geo report report/drawing
report/vector            : report internal/shpwrite

internal/pg              : migrations
internal/cluster         :
internal/cluster/psql    : internal/cluster
internal/watch           : internal/pg
internal/pgtest          : internal/pg internal/cluster migrations
internal/office          :
internal/job             : internal/pg
internal/chain           :
internal/access          : ingest internal/chain internal/pg
internal/replay          : internal/pg
internal/orthophoto      : . internal/pg
internal/generalise      : internal/pg
internal/papertest       : report/opc
internal/cql2            :
internal/oracle         :
internal/pagetest        :
internal/shpwrite        : . geo
internal/shpbytes        :
internal/gpkgbytes       :
internal/tiffbytes       :
internal/torture         : internal/shpbytes internal/gpkgbytes
internal/torture/mktorture : internal/torture
internal/sample          : . geo internal/shpwrite sample-data
internal/sample/mksample : . geo internal/sample internal/shpwrite
internal/pipeline        : . geo ingest/... overlay ledger report report/drawing report/mapsheet internal/generalise internal/job internal/office internal/orthophoto internal/replay internal/pg
internal/work            : ingest internal/job internal/pg internal/pipeline internal/watch overlay
internal/backup          : internal/access internal/cluster internal/pg internal/pipeline ledger
internal/doctor          : ingest/ogr internal/office internal/pg ledger migrations report/drawing
internal/demo            : . geo ingest internal/pipeline overlay
internal/sampletest      : internal/demo internal/pg internal/pgtest internal/pipeline sample-data
internal/bench           : . api geo ingest internal/access internal/bench/made internal/cluster internal/demo internal/pg internal/pipeline internal/shpwrite overlay sample-data
internal/bench/made      : . geo ingest internal/pg migrations
internal/bench/mkdata    : . internal/bench internal/bench/made
internal/bench/measure   : internal/bench internal/bench/made
internal/pages           : . ingest overlay ledger internal/torture
internal/pages/mkpages   : internal/pages

api/ogc                  : . geo ingest ingest/record overlay internal/cql2 internal/generalise internal/job internal/pg internal/pipeline
api                      : . api/ogc geo ingest ingest/geotiff ingest/record overlay ledger report report/drawing report/mapsheet report/vector web internal/access internal/job internal/shpwrite internal/office internal/orthophoto internal/pipeline internal/replay internal/watch internal/work internal/pg
cmd/taohe                : *
`

const modulePath = "github.com/taohe-gis/taohe"

// testsOnly are the packages that no program may contain.
var testsOnly = []string{"internal/pgtest", "internal/sampletest"}

// Geometry towards people is orb's, geometry towards PostGIS go-geom's; only
// geo turns one into the other.
const (
	orbPath, geomPath = "github.com/paulmach/orb", "github.com/twpayne/go-geom"
	whereTheyMeet     = "geo"
)

func TestLayout(t *testing.T) {
	t.Parallel()
	faults, err := layoutFaults(os.DirFS("."), layout)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

// The check itself, on a made tree: each fault is found, and nothing else.
func TestLayoutFaults(t *testing.T) {
	t.Parallel()
	const table = `
geo    :
ledger : geo ingest/...
ingest/shp :
internal/pgtest : geo
cmd    : *
`
	source := func(imports ...string) *fstest.MapFile {
		text := "package p\n"
		for _, i := range imports {
			text += "import _ " + strconv.Quote(i) + "\n"
		}
		return &fstest.MapFile{Data: []byte(text)}
	}
	for _, tt := range []struct {
		name string
		tree fstest.MapFS
		want string
	}{
		{"allowed", fstest.MapFS{"ledger/a.go": source("fmt", modulePath+"/geo", modulePath+"/ingest/shp")}, ""},
		{"against the flow", fstest.MapFS{"geo/a.go": source(modulePath + "/ledger")}, "geo/a.go: geo must not import ledger"},
		{"behind a build tag", fstest.MapFS{"geo/a_windows.go": source(modulePath + "/ledger")}, "geo/a_windows.go: geo must not import ledger"},
		{"the root", fstest.MapFS{"geo/a.go": source(modulePath)}, "geo/a.go: geo must not import ."},
		{"a neighbour below a wildcard", fstest.MapFS{"ledger/a.go": source(modulePath + "/ingestion")}, "ledger/a.go: ledger must not import ingestion"},
		{"not in the table", fstest.MapFS{"utils/a.go": source()}, "utils: not in the layout"},
		{"tests import what they like", fstest.MapFS{"geo/a_test.go": source(modulePath+"/ledger", modulePath+"/internal/pgtest")}, ""},
		{"test databases in a program", fstest.MapFS{"cmd/a.go": source(modulePath + "/internal/pgtest")}, "cmd/a.go: internal/pgtest is for _test.go files"},
		{"both geometries", fstest.MapFS{"ledger/a.go": source(orbPath), "ledger/b.go": source(geomPath + "/encoding/ewkb")}, "ledger: imports both orb and go-geom, which meet in geo only"},
		{"both geometries in geo", fstest.MapFS{"geo/a.go": source(orbPath+"/geojson", geomPath)}, ""},
		{"another module and test data", fstest.MapFS{
			"tools/go.mod": source(), "tools/a.go": source(modulePath + "/ledger"), "geo/testdata/a.go": source(modulePath + "/ledger"),
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			faults, err := layoutFaults(tt.tree, table)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(faults, "; "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// layoutFaults reads the imports of every Go file of the module in fsys, and
// says in sorted lines where they leave the table. The files are read rather
// than `go list` asked, so that the test cache knows what the result hangs on.
func layoutFaults(fsys fs.FS, table string) ([]string, error) {
	allowed, err := parseLayout(table)
	if err != nil {
		return nil, err
	}
	imports, err := readImports(fsys)
	if err != nil {
		return nil, err
	}
	var faults []string
	for _, dir := range slices.Sorted(maps.Keys(imports)) {
		if _, known := allowed[dir]; !known {
			faults = append(faults, dir+": not in the layout")
		}
		faults = append(faults, packageFaults(dir, imports[dir], allowed)...)
	}
	return faults, nil
}

// An importing is one file naming one package.
type importing struct{ file, path string }

func packageFaults(dir string, imports []importing, allowed map[string][]string) []string {
	var faults []string
	orb, geom := false, false
	for _, i := range imports {
		orb = orb || within(i.path, orbPath)
		geom = geom || within(i.path, geomPath)
		if !within(i.path, modulePath) {
			continue
		}
		ours := strings.TrimPrefix(strings.TrimPrefix(i.path, modulePath), "/")
		if ours == "" {
			ours = "."
		}
		switch rules, known := allowed[dir]; {
		case slices.Contains(testsOnly, ours) && !slices.Contains(testsOnly, dir):
			faults = append(faults, fmt.Sprintf("%s: %s is for _test.go files", i.file, ours))
		case known && !slices.ContainsFunc(rules, func(rule string) bool { return matches(rule, ours) }):
			faults = append(faults, fmt.Sprintf("%s: %s must not import %s", i.file, dir, ours))
		}
	}
	if orb && geom && dir != whereTheyMeet {
		faults = append(faults, dir+": imports both orb and go-geom, which meet in geo only")
	}
	return faults
}

func within(importPath, root string) bool {
	return importPath == root || strings.HasPrefix(importPath, root+"/")
}

func matches(rule, dir string) bool {
	below, wild := strings.CutSuffix(rule, "/...")
	return rule == "*" || rule == dir || wild && within(dir, below)
}

func parseLayout(table string) (map[string][]string, error) {
	allowed := map[string][]string{}
	for line := range strings.Lines(table) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		dir, rules, ok := strings.Cut(line, ":")
		dir = strings.TrimSpace(dir)
		if _, twice := allowed[dir]; !ok || dir == "" || twice {
			return nil, fmt.Errorf("layout: line %q", line)
		}
		allowed[dir] = strings.Fields(rules)
	}
	return allowed, nil
}

// readImports lists what the non-test files of each package import.
func readImports(fsys fs.FS) (map[string][]importing, error) {
	imports := map[string][]importing{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(fsys, name, d)
		}
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		found := imports[dir]
		for _, spec := range file.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			found = append(found, importing{name, p})
		}
		imports[dir] = found
		return nil
	})
	return imports, err
}

// skipFolder passes over what the go command passes over, and other modules.
func skipFolder(fsys fs.FS, name string, d fs.DirEntry) error {
	if name == "." {
		return nil
	}
	base := d.Name()
	if base == "testdata" || base == "vendor" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}
