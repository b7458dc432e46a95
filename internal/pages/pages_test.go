package pages

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/overlay"
)

func TestPagesAreFresh(t *testing.T) {
	t.Parallel()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		stored, err := os.ReadFile(filepath.Join("..", "..", "docs", p.Name))
		if err != nil {
			t.Fatal(err)
		}
		if string(stored) != p.Text {
			t.Errorf("docs/%s is stale: run go generate ./internal/pages", p.Name)
		}
	}
}

// Every threshold of the rule set has its line, and every rule its words.
func TestRulesAreDescribed(t *testing.T) {
	t.Parallel()
	set, err := overlay.ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, x := range thresholds(set.Thresholds) {
		described = append(described, x.name)
	}
	fields := reflect.TypeFor[overlay.Thresholds]()
	for i := range fields.NumField() {
		if name := fields.Field(i).Tag.Get("yaml"); !slices.Contains(described, name) {
			t.Errorf("threshold %s is not described", name)
		}
	}
	for name, r := range relations {
		for _, x := range r.thresholds {
			if !slices.Contains(described, x) {
				t.Errorf("relation %s: no threshold %s", name, x)
			}
		}
	}
	for _, r := range set.Rules {
		for key, text := range map[string]string{
			"definition": r.Definition, "figure": r.Figure, "definition_en": r.DefinitionEN, "figure_en": r.FigureEN,
		} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("rule %s has no %s", r.Code, key)
			}
		}
	}
}

func TestUnknownRelation(t *testing.T) {
	t.Parallel()
	_, err := Rules(overlay.RuleSet{Rules: []overlay.Rule{{Code: "x", Relation: "gaps"}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "gaps") {
		t.Errorf("got %v, want an error that names the relation", err)
	}
}

func TestFieldTypesHaveWords(t *testing.T) {
	t.Parallel()
	for l, spec := range ingest.TheCatalogue().Layers {
		for _, f := range spec.Fields {
			if fieldTypes[f.Type] == "" {
				t.Errorf("%s.%s: no word for type %s", l, f.Name, f.Type)
			}
		}
	}
}

// A bar in a text must not end its cell.
func TestTableCells(t *testing.T) {
	t.Parallel()
	got := Diagnostics([]taohe.DiagnosticKind{{Code: "a.b", Severity: taohe.Noted, Chinese: "甲|乙", English: "c"}})
	if want := "| `a.b` | `noted` | 甲\\|乙 | c |\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want it to end with %q", got, want)
	}
}
