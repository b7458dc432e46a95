package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A file of Ovital Map is taken only on the uploader's word that it is offset,
// whatever reference system they name, and is then marked approximate.
func TestOvitalFile(t *testing.T) {
	t.Parallel()
	const lon, lat = 110.0, 40.25
	offsetLon, offsetLat := geo.ToGCJ02(lon, lat)
	if d := math.Hypot(offsetLon-lon, offsetLat-lat); d < 1e-3 || d > 1e-2 {
		t.Fatalf("offset of %g degrees, want some hundreds of metres", d)
	}
	corner := func(dx, dy float64) string {
		x, y := geo.ToGCJ02(lon+dx, lat+dy)
		return fmt.Sprintf("%.10f,%.10f ", x, y)
	}
	text := `<kml><Placemark><name>甲</name><OvCoordType>GCJ02</OvCoordType><Polygon><outerBoundaryIs><LinearRing><coordinates>` +
		corner(0, 0) + corner(0.01, 0) + corner(0.01, 0.01) + corner(0, 0.01) + corner(0, 0) +
		`</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>`
	path := filepath.Join(t.TempDir(), "a.ovkml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []ingest.InspectOptions{{}, {CRS: "EPSG:4490"}, {CRS: "EPSG:4326"}} {
		if got := refusedAs(ingest.Inspect(context.Background(), path, o)); got != "kml.offset_suspected" {
			t.Errorf("%+v: %s, want kml.offset_suspected", o, got)
		}
	}
	in, err := ingest.Inspect(context.Background(), path, ingest.InspectOptions{Shift: &ingest.Shift{Method: ingest.MethodGCJ02}})
	if err != nil {
		t.Fatal(err)
	}
	layer := in.Layers[0]
	if layer.Refused || layer.Reference == nil || !layer.Reference.Approximate || layer.Counts["shift.gcj02"] != 1 {
		t.Fatalf("layer %+v", layer)
	}
	e := layer.Extent
	if math.Abs(e.West-lon) > 1e-6 || math.Abs(e.South-lat) > 1e-6 || math.Abs(e.East-lon-0.01) > 1e-6 || math.Abs(e.North-lat-0.01) > 1e-6 {
		t.Errorf("extent %+v, want the square without its offset", e)
	}
}

// refusedAs is the code that refuses a file or its only layer.
func refusedAs(in *ingest.Inspection, err error) string {
	var refused *record.RefusedError
	if errors.As(err, &refused) {
		return refused.Diagnostics[0].Code
	}
	if err != nil {
		return err.Error()
	}
	var codes []string
	for _, d := range in.Layers[0].Diagnostics {
		if d.Severity == "refused" {
			codes = append(codes, d.Code)
		}
	}
	return strings.Join(codes, " ")
}

// A collection without polygons has no coordinates of its own; it is named and
// left.
func TestCollectionOfLines(t *testing.T) {
	t.Parallel()
	const text = `{"type":"GeometryCollection","geometries":[{"type":"LineString","coordinates":[[110,40],[110.1,40]]},{"type":"Point","coordinates":[110,40]}]}`
	path := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := ingest.Inspect(context.Background(), path, ingest.InspectOptions{Extent: &geo.Extent{West: 109, South: 40, East: 111, North: 41}})
	if err != nil {
		t.Fatal(err)
	}
	if got := in.Layers[0].GeometryTypes["GeometryCollection"]; got != 1 {
		t.Errorf("types %v, want one collection", in.Layers[0].GeometryTypes)
	}
}
