package overlay

import (
	"io/fs"
	"path"
	"regexp"
	"testing"
)

// A union made in the order of rows has other last digits when a file is filed
// in another order, and so another digest: it is made in the order of the shapes.
func TestUnionsInOrderOfShapes(t *testing.T) {
	t.Parallel()
	union := regexp.MustCompile(`st_union\((?:[^()]|\([^()]*\))* order by ((?:[^()]|\([^()]*\))*)\)`)
	byRow := regexp.MustCompile(`\b(row_no|dataset_id|source_row)\b`)
	seen := 0
	err := fs.WalkDir(sqlFS, "sql", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".sql" {
			return err
		}
		text, err := fs.ReadFile(sqlFS, name)
		if err != nil {
			return err
		}
		for _, m := range union.FindAllStringSubmatch(string(text), -1) {
			seen++
			if byRow.MatchString(m[1]) {
				t.Errorf("%s: %s", name, m[0])
			}
		}
		return nil
	})
	if err != nil || seen < 15 {
		t.Errorf("%d unions found: %v", seen, err)
	}
}
