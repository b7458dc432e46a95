package opc

import (
	"archive/zip"
	"bytes"
	"maps"
	"slices"
	"testing"
)

// Parts come back as they were, in order, and the package says nothing of when
// it was made.
func TestPack(t *testing.T) {
	t.Parallel()
	parts := map[string][]byte{"word/b.xml": []byte("乙"), "[Content_Types].xml": []byte("<x/>"), "_rels/.rels": {}, "word/a.xml": bytes.Repeat([]byte("a"), 1<<16)}
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := Write(b, parts); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same parts give other bytes")
	}
	got, err := Read(first.Bytes())
	if err != nil || !maps.EqualFunc(got, parts, bytes.Equal) {
		t.Errorf("parts came back otherwise: %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if !f.Modified.Equal(made) {
			t.Errorf("%s is of %s", f.Name, f.Modified)
		}
	}
	if !slices.IsSorted(names) || names[0] != "[Content_Types].xml" {
		t.Errorf("order %q", names)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	if _, err := Read([]byte("PK")); err == nil {
		t.Error("what is no package was read")
	}
}
