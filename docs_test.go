package taohe_test

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/overlay"
)

// Every word of the domain that a reader can meet in data stands in the
// glossary, in code type.
func TestGlossary(t *testing.T) {
	t.Parallel()
	page := readText(t, "docs/glossary.md")
	want := func(what, word string) {
		if !strings.Contains(page, "`"+word+"`") {
			t.Errorf("docs/glossary.md: no `%s` (%s)", word, what)
		}
	}
	for _, l := range taohe.Layers() {
		want("layer", string(l))
		if !strings.Contains(page, "| "+l.Title()+" | `"+string(l)+"` |") {
			t.Errorf("docs/glossary.md: layer %s is not called %s", l, l.Title())
		}
	}
	set, err := overlay.ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Rules {
		want("rule", r.Code)
		want("relation", r.Relation)
		want("severity of rule "+r.Code, r.Severity)
		if !strings.Contains(page, "| "+r.Title+" | `"+r.Code+"` |") {
			t.Errorf("docs/glossary.md: rule %s is not called %s", r.Code, r.Title)
		}
	}
	var file struct{ Thresholds map[string]float64 }
	if err := yaml.Unmarshal([]byte(set.Text), &file); err != nil {
		t.Fatal(err)
	}
	for name := range file.Thresholds {
		want("threshold", name)
	}
	for list, codes := range ingest.TheCatalogue().Codes {
		for code := range codes {
			want(list, code)
		}
	}
	for constraint, words := range closedLists(schema(t)) {
		for _, w := range words {
			want(constraint, w)
		}
	}
}

// Every table of the schema, and every status a dataset, a run and a mine can
// have, stands in the page of the model.
func TestModelPage(t *testing.T) {
	t.Parallel()
	page, ddl := readText(t, "docs/model.md"), schema(t)
	tables := regexp.MustCompile(`(?m)^create (?:table|view) (\w+)`).FindAllStringSubmatch(ddl, -1)
	if len(tables) < 20 {
		t.Fatalf("%d tables found in migrations/, which cannot be all", len(tables))
	}
	for _, m := range tables {
		if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(page) {
			t.Errorf("docs/model.md: no table %s", m[1])
		}
	}
	lists := closedLists(ddl)
	for of, known := range map[string][]string{
		"dataset": lists["dataset_status_known"], "run": lists["run_status_known"], "run_mine": lists["run_mine_status_known"],
		"job":         lists["job_status_known"],
		"ledger_item": lists["ledger_item_state_known"],
	} {
		_, chart, _ := strings.Cut(page, "%% states of "+of+"\n")
		chart, _, _ = strings.Cut(chart, "```")
		var drawn []string
		for _, m := range regexp.MustCompile(`(?m)^ *(\w+|\[\*\]) --> (\w+|\[\*\])`).FindAllStringSubmatch(chart, -1) {
			drawn = append(drawn, m[1], m[2])
		}
		slices.Sort(drawn)
		drawn = slices.DeleteFunc(slices.Compact(drawn), func(s string) bool { return s == "[*]" })
		known = slices.Sorted(slices.Values(known))
		if !slices.Equal(drawn, known) {
			t.Errorf("docs/model.md: states of %s are %v, the schema knows %v", of, drawn, known)
		}
	}
}

// Every direct dependency stands on the page that says why, with the version
// that is pinned.
func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	page := readText(t, "docs/adr/0010-dependencies.md")
	direct := 0
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) (v\S+)$`).FindAllStringSubmatch(readText(t, "go.mod"), -1) {
		direct++
		if !regexp.MustCompile("`" + regexp.QuoteMeta(m[1]) + "`[ |]+" + regexp.QuoteMeta(m[2]) + `\b`).MatchString(page) {
			t.Errorf("docs/adr/0010-dependencies.md: no %s %s", m[1], m[2])
		}
	}
	if direct < 5 {
		t.Errorf("%d direct dependencies found in go.mod, which cannot be all", direct)
	}
}

// Every member of the JSON that inspect prints stands on its page, those of a
// shift where shifts are explained.
func TestInspectPage(t *testing.T) {
	t.Parallel()
	page := readText(t, "docs/inspect.md")
	_, shifts, found := strings.Cut(readText(t, "docs/areas.md"), "## 坐标转换 / datum shifts\n")
	if !found {
		t.Fatal("docs/areas.md does not explain shifts")
	}
	page += shifts
	members := jsonMembers(reflect.TypeFor[ingest.Inspection]())
	if !slices.Contains(members, "planar_crs") || !slices.Contains(members, "severity") {
		t.Fatalf("members %v are not all", members)
	}
	for _, m := range members {
		if !strings.Contains(page, "`"+m+"`") && !strings.Contains(page, "`"+m+"[]`") {
			t.Errorf("docs/inspect.md: no `%s`", m)
		}
	}
}

// jsonMembers are the names of a type's members in JSON, those of the types it
// holds included.
func jsonMembers(typ reflect.Type) []string {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return jsonMembers(typ.Elem())
	case reflect.Struct:
	default:
		return nil
	}
	var members []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name != "" {
			members = append(members, name)
		}
		members = append(members, jsonMembers(f.Type)...)
	}
	return members
}

// schema is the text of all migrations, upwards.
func schema(t *testing.T) string {
	t.Helper()
	files, err := fs.Glob(os.DirFS("."), "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var ddl strings.Builder
	for _, name := range files {
		up, _, _ := strings.Cut(readText(t, name), "-- +goose Down")
		ddl.WriteString(up)
	}
	return ddl.String()
}

var (
	constraintStart = regexp.MustCompile(`constraint (\w+) check`)
	listOfValues    = regexp.MustCompile(`\bin \(\s*('[^']*'(?:,\s*'[^']*')*)\)`)
	quotedValue     = regexp.MustCompile(`'([^']*)'`)
)

// closedLists are the values that CHECK constraints compare with, by the name
// of the constraint.
func closedLists(ddl string) map[string][]string {
	lists := map[string][]string{}
	starts := constraintStart.FindAllStringSubmatchIndex(ddl, -1)
	for i, at := range starts {
		end := len(ddl)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		body, _, _ := strings.Cut(ddl[at[1]:end], ";")
		for _, list := range listOfValues.FindAllStringSubmatch(body, -1) {
			for _, v := range quotedValue.FindAllStringSubmatch(list[1], -1) {
				name := ddl[at[2]:at[3]]
				lists[name] = append(lists[name], v[1])
			}
		}
	}
	return lists
}

// No constraint that names a closed list escapes closedLists.
func TestClosedLists(t *testing.T) {
	t.Parallel()
	ddl := schema(t)
	lists := closedLists(ddl)
	for _, m := range regexp.MustCompile(`constraint (\w+_known) `).FindAllStringSubmatch(ddl, -1) {
		if len(lists[m[1]]) < 2 {
			t.Errorf("constraint %s: values %q", m[1], lists[m[1]])
		}
	}
	got := closedLists("constraint a_known check (x in ('p', 'q')),\nconstraint b check (length(x) in (1, 2) or y not in (\n 'r'))\n;in ('s')")
	if len(got) != 2 || !slices.Equal(got["a_known"], []string{"p", "q"}) || !slices.Equal(got["b"], []string{"r"}) {
		t.Errorf("got %v", got)
	}
}

// Every relative link of every page leads to a file, and to a heading of it
// where it names one.
func TestLinks(t *testing.T) {
	t.Parallel()
	pages, err := markdownFiles(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(pages, "README.md") {
		t.Fatalf("no README.md among %v", pages)
	}
	for _, fault := range linkFaults(t, os.DirFS("."), pages) {
		t.Error(fault)
	}
}

func TestLinkFaults(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"a.md": {Data: []byte("# A b, c\n[x](docs/b.md) [x](docs/b.md#一-two) [x](#a-b-c) [x](https://example.org/none.md) `[x](none.md)`\n" +
			"```\n[x](none.md)\n# not a heading\n```\n[x](none.md) [x](#not-a-heading) ![x](docs/none.svg) [x](docs)\n")},
		"docs/b.md": {Data: []byte("## 一 `Two`\n[x](../a.md) [x](../../a.md) [x](/a.md) [x](../a.md#none)\n")},
	}
	pages, err := markdownFiles(fsys)
	if err != nil {
		t.Fatal(err)
	}
	got := linkFaults(t, fsys, pages)
	want := []string{
		"a.md: no none.md", "a.md: no #not-a-heading", "a.md: no docs/none.svg",
		"docs/b.md: no ../../a.md", "docs/b.md: no /a.md", "docs/b.md: no ../a.md#none",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func markdownFiles(fsys fs.FS) ([]string, error) {
	var pages []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			base := d.Name()
			if name != "." && (strings.HasPrefix(base, ".") || slices.Contains([]string{"out", "bin", "testdata", "node_modules"}, base)) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) == ".md" {
			pages = append(pages, name)
		}
		return nil
	})
	return pages, err
}

var (
	codeBlock = regexp.MustCompile("(?ms)^```.*?^```")
	codeSpan  = regexp.MustCompile("`[^`\n]*`")
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading   = regexp.MustCompile(`(?m)^#{1,6} +(.+)$`)
)

func linkFaults(t *testing.T, fsys fs.FS, pages []string) []string {
	t.Helper()
	text := func(name string) string {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		return codeBlock.ReplaceAllString(string(b), "")
	}
	var faults []string
	for _, page := range pages {
		for _, m := range link.FindAllStringSubmatch(codeSpan.ReplaceAllString(text(page), ""), -1) {
			u, err := url.Parse(m[1])
			if err == nil && u.IsAbs() {
				continue
			}
			target := page
			if err == nil && u.Path != "" {
				target = path.Join(path.Dir(page), u.Path)
			}
			if err != nil || strings.HasPrefix(m[1], "/") || !exists(fsys, target) ||
				u.Fragment != "" && !slices.Contains(anchors(text(target)), u.Fragment) {
				faults = append(faults, page+": no "+m[1])
			}
		}
	}
	return faults
}

func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}

// anchors are the fragments of a page's headings, as forges make them: lower
// case, spaces to hyphens, punctuation dropped.
func anchors(text string) []string {
	var all []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(m[1])))
	}
	return all
}

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
