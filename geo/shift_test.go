package geo

import (
	"errors"
	"math"
	"testing"
)

// The worked examples of IOGP Publication 373-7-2 (Geomatics Guidance Note 7,
// part 2), methods 1033 and 1032: WGS 72 to WGS 84, printed to 0.01 m.
func TestHelmertGuidanceNote(t *testing.T) {
	t.Parallel()
	for _, h := range []Helmert{
		{TzM: 4.5, RzSec: 0.554, ScalePPM: 0.219, Rotation: PositionVector},
		{TzM: 4.5, RzSec: -0.554, ScalePPM: 0.219, Rotation: CoordinateFrame},
	} {
		x, y, z := h.Geocentric(3657660.66, 255768.55, 5201382.11)
		if math.Abs(x-3657660.78) > 0.01 || math.Abs(y-255778.43) > 0.01 || math.Abs(z-5201387.75) > 0.01 {
			t.Errorf("%s: %.3f %.3f %.3f", h.Rotation, x, y, z)
		}
	}
}

// Zone 37 coordinates of Beijing 1954 with the shift parameters 12.646,
// −155.176, −80.863 (EPSG operation 15918) and made-up rotations.
// Expected: gdaltransform (GDAL 3.6.2, PROJ 9.1.1) with
// +proj=pipeline +step +inv +proj=tmerc +lon_0=111 +x_0=37500000 +ellps=krass
// +step +proj=cart +ellps=krass +step +proj=helmert +x=… +rx=0.5 +ry=-0.3
// +rz=0.7 +s=1.5 +convention=… +step +inv +proj=cart +ellps=GRS80.
func TestHelmertAgainstPROJ(t *testing.T) {
	t.Parallel()
	c := mustEPSG(t, 2413)
	for _, tt := range []struct {
		h        Helmert
		lon, lat float64
	}{
		{Helmert{TxM: 12.646, TyM: -155.176, TzM: -80.863, Rotation: PositionVector}, 110.002505229607, 40.1796925544021},
		{Helmert{12.646, -155.176, -80.863, 0.5, -0.3, 0.7, 1.5, PositionVector}, 110.002805216071, 40.1797943929098},
		{Helmert{12.646, -155.176, -80.863, 0.5, -0.3, 0.7, 1.5, CoordinateFrame}, 110.002205242589, 40.1795901447159},
	} {
		got, err := ToStoreVia(ringOf(37415000, 4450000, 37415010, 4450000, 37415000, 4450010), c, tt.h)
		if err != nil {
			t.Fatal(err)
		}
		if xy := got.FlatCoords(); math.Abs(xy[0]-tt.lon) > 1e-10 || math.Abs(xy[1]-tt.lat) > 1e-10 {
			t.Errorf("%+v: %.12f %.12f, PROJ %.12f %.12f", tt.h, xy[0], xy[1], tt.lon, tt.lat)
		}
	}
}

func TestPlaneSimilarity(t *testing.T) {
	t.Parallel()
	target := mustEPSG(t, 4525)
	// By hand: 90° turns north to east, so X' = DX − kY, Y' = DY + kX.
	s := PlaneSimilarity{DXM: 10, DYM: 20, RotationSec: 90 * 3600, ScalePPM: 1000, Target: target}
	if e, n := s.Apply(3000, 1000); math.Abs(e-(20+1001)) > 1e-9 || math.Abs(n-(10-3003)) > 1e-9 {
		t.Errorf("easting %v northing %v", e, n)
	}
	// A plain move: the same as moving the coordinates and storing them.
	moved := PlaneSimilarity{DXM: 5, DYM: 100, Target: target}
	got, err := ToStoreVia(ringOf(37414900, 4449995, 37415900, 4449995, 37414900, 4450995), mustEPSG(t, 2361), moved)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ToStore(ringOf(37415000, 4450000, 37416000, 4450000, 37415000, 4451000), target)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got.FlatCoords() {
		if math.Abs(v-want.FlatCoords()[i]) > 1e-11 {
			t.Fatalf("number %d: %v, want %v", i, v, want.FlatCoords()[i])
		}
	}
}

func TestShiftRefuses(t *testing.T) {
	t.Parallel()
	xian, cgcs, lonLat := mustEPSG(t, 2361), mustEPSG(t, 4525), mustEPSG(t, 4610)
	for _, tt := range []struct {
		name string
		c    CRS
		s    Shift
	}{
		{"already CGCS2000", cgcs, Helmert{TxM: 1, Rotation: PositionVector}},
		{"rotation not named", xian, Helmert{TxM: 1}},
		{"all zero", xian, Helmert{Rotation: CoordinateFrame}},
		{"not a number", xian, Helmert{TxM: math.NaN(), Rotation: PositionVector}},
		{"scale as a factor", xian, Helmert{ScalePPM: 1e6, Rotation: PositionVector}},
		{"four parameters on degrees", lonLat, PlaneSimilarity{Target: cgcs}},
		{"target on Xian 1980", xian, PlaneSimilarity{Target: xian}},
		{"target geographic", xian, PlaneSimilarity{Target: mustEPSG(t, 4490)}},
		{"infinite move", xian, PlaneSimilarity{DXM: math.Inf(1), Target: cgcs}},
		{"GCJ-02 in a plane", cgcs, GCJ02{}},
		{"GCJ-02 on Xian 1980", lonLat, GCJ02{}},
	} {
		var refused *ShiftError
		if _, err := ToStoreVia(ringOf(37415000, 4450000, 37416000, 4450000, 37416000, 4451000), tt.c, tt.s); !errors.As(err, &refused) {
			t.Errorf("%s: %v, want a ShiftError", tt.name, err)
		}
	}
}

// The pair is the example in the README of the coordtransform library.
func TestGCJ02(t *testing.T) {
	t.Parallel()
	if lon, lat := ToGCJ02(116.404, 39.915); math.Abs(lon-116.41024449916938) > 1e-9 || math.Abs(lat-39.91640428150164) > 1e-9 {
		t.Errorf("forward: %v %v", lon, lat)
	}
	if lon, lat := FromGCJ02(116.41024449916938, 39.91640428150164); math.Abs(lon-116.404) > 1e-9 || math.Abs(lat-39.915) > 1e-9 {
		t.Errorf("inverse: %v %v", lon, lat)
	}
	for lon := 74.05; lon < 135; lon += 1.37 {
		for lat := 3.1; lat < 54; lat += 1.73 {
			l, p := FromGCJ02(ToGCJ02(lon, lat))
			if math.Abs(l-lon) > 1e-9 || math.Abs(p-lat) > 1e-9 {
				t.Errorf("(%v, %v) came back as (%v, %v)", lon, lat, l, p)
			}
		}
	}
	if lon, lat := FromGCJ02(-51, -20); lon != -51 || lat != -20 {
		t.Errorf("outside China: %v %v", lon, lat)
	}
}
