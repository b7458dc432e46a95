package ingest_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ingest/record"
)

// What goes into the queue comes out of it: every field of an upload, so that a
// field that is added later cannot be lost there.
func TestUploadThroughTheQueue(t *testing.T) {
	t.Parallel()
	ground := geom.NewMultiPolygonFlat(geom.XY, []float64{109, 40, 110, 40, 110, 41, 109, 40}, [][]int{{8}}).SetSRID(4490)
	u := ingest.Upload{
		Layer: "disturbance", County: "159900", Vintage: taohe.NewDate(2022, 5, 31), Source: "forestry", Mode: ingest.ModeAdd,
		CRS: "EPSG:4525", Fix: "swap", Shift: &ingest.Shift{Method: "seven", TxM: 1.25}, Encoding: "GBK", LayerName: "图斑",
		Set: map[string]string{"kind": "pit"}, Map: map[string]string{"licence_no": "XKZH"},
		Footprints: []ingest.Footprint{{}, {ImagedOn: taohe.NewDate(2022, 5, 1), Ground: ground}},
		Coverage:   ground, AllowEmpty: true, Path: "upload-1/图斑.zip", FileName: "图斑.zip",
		Limits: record.DefaultLimits(), Owner: -7,
	}
	for v, i := reflect.ValueOf(u), 0; i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("%s is not tried", v.Type().Field(i).Name)
		}
	}
	b, err := json.Marshal(u)
	if err != nil {
		t.Fatal(err)
	}
	var got ingest.Upload
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, u) {
		t.Errorf("got %+v, want %+v", got, u)
	}
}
