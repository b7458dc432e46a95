package taohe_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
)

var (
	codeForm    = regexp.MustCompile(`^[a-z]+\.[a-z0-9_]+$`)
	placeholder = regexp.MustCompile(`\{(\w+)\}`)
)

// literals are the string literals of a Go file.
func literals(t *testing.T, name string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				all = append(all, s)
			}
		}
		return true
	})
	return all
}

// notCodes are literals of the form of a code that are none.
var notCodes = []string{"layer.dxf", "layer.tab", "layer.gdb", "layer.mif"}

// untested are codes that no test makes arise yet: faults of readers that need
// odd bytes, and remarks of a run. The list only ever gets shorter.
var untested = []string{
	"approval.attributed_by_overlap", "approval.of_no_mine", "patch.unknown_licence",
	"corner.elevations_differ", "corner.odd_characters", "corner.undecodable",
	"field.name_undecodable", "file.entry_twice", "gpkg.no_geometry_column", "ogr.missing", "shp.sidecar_unread",
}

// The catalogue is closed: every code that the program can utter is in it, and
// none is in it that the program cannot utter or that no test makes it utter.
func TestDiagnosticCatalogueIsClosed(t *testing.T) {
	t.Parallel()
	catalogue := make(map[string]bool)
	families := make(map[string]bool)
	for _, k := range taohe.DiagnosticCatalogue() {
		catalogue[k.Code] = true
		family, _, _ := strings.Cut(k.Code, ".")
		families[family] = true
	}
	uttered, tested := make(map[string]bool), make(map[string]bool)
	var tests strings.Builder // and what they compare with
	constants := make(map[string]string)
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (name != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "bin" || d.Name() == "tools") {
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		switch {
		case strings.Contains(name, "testdata/") && path.Ext(name) != ".go":
			if slices.Contains([]string{".json", ".yaml", ".txt", ".md"}, path.Ext(name)) {
				tests.WriteString(readText(t, name))
			}
		case strings.HasSuffix(name, "_test.go"):
			if name != "diagnostic_test.go" {
				tests.WriteString(readText(t, name))
			}
		case path.Ext(name) == ".sql":
			for _, m := range quotedValue.FindAllStringSubmatch(readText(t, name), -1) {
				if catalogue[m[1]] {
					uttered[m[1]] = true
				}
			}
		case path.Ext(name) == ".go" && name != "diagnostic_catalogue.go":
			for _, s := range literals(t, name) {
				if family, _, _ := strings.Cut(s, "."); codeForm.MatchString(s) && families[family] && !slices.Contains(notCodes, s) {
					uttered[s] = true
				}
			}
			for _, m := range regexp.MustCompile(`(\w+)\s+=\s+"([a-z]+\.[a-z0-9_]+)"`).FindAllStringSubmatch(readText(t, name), -1) {
				constants[m[2]] = m[1]
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	text := tests.String()
	for code := range catalogue {
		tested[code] = strings.Contains(text, `"`+code+`"`) ||
			constants[code] != "" && regexp.MustCompile(`\b`+constants[code]+`\b`).MatchString(text)
	}
	for code := range uttered {
		// A field's codes are made of two parts, the second where it is required.
		if !catalogue[code] && !catalogue[code+"_required"] {
			t.Errorf("%s is uttered and not in the catalogue", code)
		}
	}
	for code := range catalogue {
		if !uttered[code] && !uttered[strings.TrimSuffix(code, "_required")] {
			t.Errorf("%s is in the catalogue and uttered nowhere", code)
		}
		if listed := slices.Contains(untested, code); !tested[code] && !listed {
			t.Errorf("%s arises in no test", code)
		} else if tested[code] && listed {
			t.Logf("%s is tested and can be taken off the list", code)
		}
	}
}

// Every text is a sentence, and names the column where it speaks of a field's
// value; what is refused or held says what to do next.
func TestDiagnosticTexts(t *testing.T) {
	t.Parallel()
	for _, k := range taohe.DiagnosticCatalogue() {
		if k.Chinese == "" || k.English == "" || strings.HasSuffix(k.English, ".") {
			t.Errorf("%s: %q / %q", k.Code, k.Chinese, k.English)
		}
		if last := []rune(k.Chinese); !slices.Contains([]rune("。}"), last[len(last)-1]) {
			t.Errorf("%s ends in no full stop: %s", k.Code, k.Chinese)
		}
		chinese := placeholder.FindAllString(k.Chinese, -1)
		if strings.HasPrefix(k.Code, "field.") && slices.Contains(chinese, "{value}") && !slices.Contains(chinese, "{field}") {
			t.Errorf("%s names no column: %s", k.Code, k.Chinese)
		}
		if strings.HasPrefix(k.Code, "field.") && k.Severity == taohe.Refused && !strings.Contains(k.Chinese, "请") {
			t.Errorf("%s says no next step: %s", k.Code, k.Chinese)
		}
	}
}
