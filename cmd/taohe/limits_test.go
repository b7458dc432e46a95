package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/ingest/record"
)

// inspect --limits shows, as table and as JSON, what the readers hold to.
func TestInspectLimits(t *testing.T) {
	t.Parallel()
	want := record.Shown(record.DefaultLimits(), record.DefaultMaxUploadBytes)
	var out, errOut bytes.Buffer
	if status := run([]string{"inspect", "--limits"}, &out, &errOut); status != 0 {
		t.Fatalf("status %d: %s", status, errOut.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")[1:]
	for i, l := range want {
		if i >= len(lines) || !slices.Equal(strings.Fields(lines[i])[:2], []string{l.Name, strconv.FormatInt(l.Value, 10)}) {
			t.Fatalf("line %d is not %+v:\n%s", i+1, l, out.String())
		}
	}
	out.Reset()
	if status := run([]string{"inspect", "--limits", "--json"}, &out, &errOut); status != 0 {
		t.Fatalf("status %d: %s", status, errOut.String())
	}
	var got struct{ Items []record.Limit }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || !slices.Equal(got.Items, want) {
		t.Errorf("%v: %s", err, out.String())
	}
	if status := run([]string{"inspect"}, &out, &errOut); status != 2 || !strings.Contains(errOut.String(), "--limits") {
		t.Errorf("without a file: status %d, %s", status, errOut.String())
	}
}
