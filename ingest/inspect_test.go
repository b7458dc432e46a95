package ingest_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/ingest"
)

// Every member of the JSON of inspect is in its page.
func TestInspectMembersDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "inspect.md"))
	if err != nil {
		t.Fatal(err)
	}
	members := jsonMembers(reflect.TypeFor[ingest.Inspection](), map[reflect.Type]bool{})
	if len(members) < 50 {
		t.Fatalf("only %d members found: %v", len(members), members)
	}
	for _, m := range members {
		if !strings.Contains(string(page), "`"+m+"`") && !strings.Contains(string(page), "`"+m+"[]`") {
			t.Errorf("docs/inspect.md does not speak of %q", m)
		}
	}
}

// jsonMembers are the names of a struct's members and of those within; one
// without a name of its own is a fault.
func jsonMembers(of reflect.Type, seen map[reflect.Type]bool) []string {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Array || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || seen[of] {
		return nil
	}
	seen[of] = true
	var out []string
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
			continue
		case name != "":
			out = append(out, name)
		case !f.Anonymous:
			out = append(out, "a name for "+of.Name()+"."+f.Name)
		}
		out = append(out, jsonMembers(f.Type, seen)...)
	}
	return out
}
