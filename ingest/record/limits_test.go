package record_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/taohe-gis/taohe/ingest/record"
)

// Every limit of a reader is shown, with the value that holds.
func TestLimitsAreShown(t *testing.T) {
	t.Parallel()
	// Each field gets a value of its own, which must be among those shown.
	var l record.Limits
	v := reflect.ValueOf(&l).Elem()
	for i := range v.NumField() {
		v.Field(i).SetInt(int64(7001 + i))
	}
	shown := record.Shown(l, 6999)
	values := make(map[int64]int)
	names := make(map[string]bool)
	for _, s := range shown {
		values[s.Value]++
		if names[s.Name] || s.Chinese == "" || s.English == "" || !slices.Contains([]string{"bytes", "seconds", "times", "count"}, s.Unit) {
			t.Errorf("%+v", s)
		}
		names[s.Name] = true
	}
	for i := range v.NumField() {
		if values[int64(7001+i)] != 1 {
			t.Errorf("%s is shown %d times", v.Type().Field(i).Name, values[int64(7001+i)])
		}
	}
	if shown[0].Name != "max_upload_bytes" || shown[0].Value != 6999 {
		t.Errorf("%+v, want the operator's limit", shown[0])
	}
	for _, s := range record.Shown(record.DefaultLimits(), record.DefaultMaxUploadBytes) {
		if s.Value <= 0 {
			t.Errorf("%+v", s)
		}
	}
}
