package geo

import (
	"math"
	"strings"
	"testing"
)

// Dalad Banner: 109°00′–110°45′E, 40°00′–40°30′N.
var dalad = Extent{West: 109, South: 40, East: 110.75, North: 40.5}

// places are nine corners spread over the county, all east of 109°30′E;
// westPlaces lie west of it.
var (
	places = [][2]float64{
		{109.6123, 40.1034},
		{109.7345, 40.2156},
		{109.8567, 40.3278},
		{109.9689, 40.0890},
		{110.0901, 40.1712},
		{110.2734, 40.2834},
		{110.3856, 40.3956},
		{110.5978, 40.4178},
		{110.6612, 40.0256},
	}
	westPlaces = [][2]float64{{109.0512, 40.1034}, {109.1634, 40.2156}, {109.2756, 40.3278}, {109.3878, 40.0912}, {109.4390, 40.2034}}
)

func plane(t testing.TB, epsg int, lonLat [][2]float64) [][2]float64 {
	t.Helper()
	c := mustEPSG(t, epsg)
	out := make([][2]float64, len(lonLat))
	for i, p := range lonLat {
		out[i][0], out[i][1] = c.Forward(p[0], p[1])
	}
	return out
}

func mapped(points [][2]float64, f func(x, y float64) (float64, float64)) [][2]float64 {
	out := make([][2]float64, len(points))
	for i, p := range points {
		out[i][0], out[i][1] = f(p[0], p[1])
	}
	return out
}

func swapped(x, y float64) (float64, float64) { return y, x }

func packed(deg float64) float64 {
	d, m := math.Modf(deg)
	m, s := math.Modf(m * 60)
	return d + m/100 + s*60/10000
}

func TestJudge(t *testing.T) {
	t.Parallel()
	z37, cm111, z19 := plane(t, 4525, places), plane(t, 4546, places), plane(t, 4497, places)
	for _, tt := range []struct {
		name    string
		sample  [][2]float64
		claimed int // 0: none
		fits    bool
		notes   string
		fix     string // of the first proposal
		crs     int    // of the first proposal
	}{
		{"zone 37 as claimed", z37, 4525, true, "", "", 0},
		{"no prefix as claimed", cm111, 4546, true, "", "", 0},
		{"degrees as claimed", places, 4490, true, "", "", 0},
		{"far in the neighbouring zone", plane(t, 4525, westPlaces), 4525, true, "", "", 0},
		{"no claim, prefix 37", z37, 0, false, "", "crs=EPSG:4525", 4525},
		{"no claim, no prefix", cm111, 0, false, "", "crs=EPSG:4546", 4546},
		{"no claim, degrees", places, 0, false, "", "crs=EPSG:4490", 4490},
		{"no claim, prefix 19", z19, 0, false, "", "crs=EPSG:4497", 4497},
		{"swapped", mapped(z37, swapped), 4525, false, NoteSwapped, "swap", 4525},
		{"swapped without prefix", mapped(cm111, swapped), 4546, false, NoteSwapped, "swap", 4546},
		{"swapped, no claim", mapped(z37, swapped), 0, false, NoteSwapped, "swap,crs=EPSG:4525", 4525},
		{"latitude first", mapped(places, swapped), 4490, false, NoteSwapped, "swap", 4490},
		{"prefix missing", cm111, 4525, false, NotePrefixMissing, "prefix", 4546},
		{"prefix unexpected", z37, 4546, false, NotePrefixUnexpected, "prefix", 4525},
		{"6° prefix unexpected", z19, 4508, false, NotePrefixUnexpected, "prefix", 4497},
		{"prefix added twice", mapped(z37, func(x, y float64) (float64, float64) { return x + 37e6, y }), 4525, false, NotePrefixDouble, "prefix", 4525},
		{"prefix written twice", mapped(z37, func(x, y float64) (float64, float64) { return x + 37e8, y }), 4525, false, NotePrefixDouble, "prefix", 4525},
		{"zone 36 claimed as 37", plane(t, 4524, places), 4525, false, NoteOtherZone, "zone=36", 4524},
		{"zone 36 without prefix", plane(t, 4545, places), 4546, false, NoteOtherZone, "zone=36", 4545},
		{"Xian zone 36 claimed as 37", plane(t, 2360, places), 2361, false, NoteOtherZone, "zone=36", 2360},
		{"degrees under a zone", places, 4525, false, NoteDegreesForMetres, "crs=EPSG:4490", 4490},
		{"metres under degrees", z37, 4490, false, NoteMetresForDegrees, "crs=EPSG:4525", 4525},
		{"packed outside the county when decimal", mapped([][2]float64{{110.7, 40.2}, {110.74, 40.45}}, func(x, y float64) (float64, float64) {
			return packed(x) * 10000, packed(y) * 10000
		}), 4490, false, NotePacked, "packed", 4490},
		{"packed inside the county both ways", mapped(places, func(x, y float64) (float64, float64) { return packed(x), packed(y) }), 4490, true, NotePackedPossible, "", 0},
		{"half 36, half 37", append(plane(t, 4524, westPlaces), z37...), 4525, false, NoteMixedZones, "", 0},
		{"half 36, half 37, no prefix", append(plane(t, 4545, westPlaces), cm111...), 4546, false, NoteMixedZones, "", 0},
		{"half 36, half 37, no claim", append(plane(t, 4524, westPlaces), z37...), 0, false, NoteMixedZones, "", 0},
		{"one point at 0, 0", append([][2]float64{{0, 0}}, z37...), 4525, false, NoteAtOrigin, "", 0},
		{"one point at the false origin", append([][2]float64{{37500000, 0}}, z37...), 4525, false, NoteAtOrigin, "", 0},
		{"one point not a number", append([][2]float64{{math.NaN(), 4450000}}, z37...), 4525, false, NoteNotFinite, "", 0},
		{"one point elsewhere", append([][2]float64{{37415000, 3450000}}, z37...), 4525, false, NoteOutside, "", 0},
		{"one point swapped", append([][2]float64{{4450000, 37415000}}, z37...), 4525, false, NoteSwapped, "", 0},
		{"another county", plane(t, 4525, [][2]float64{{112.1, 30.1}, {112.2, 30.2}}), 4525, false, NoteOutside, "", 0},
		{"19 km outside", [][2]float64{{109.5, 40.5 + 19.0/111.04}}, 4490, true, "", "", 0},
		{"25 km outside", [][2]float64{{109.5, 40.5 + 25.0/111.04}}, 4490, false, NoteOutside, "", 0},
		{"nothing", nil, 4525, false, "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var claimed CRS
			if tt.claimed != 0 {
				claimed = mustEPSG(t, tt.claimed)
			}
			got := Judge(dalad, tt.sample, claimed)
			if got.Fits() != tt.fits {
				t.Errorf("fits: %v (%+v)", got.Fits(), got)
			}
			if noteCodes(got.Notes) != tt.notes {
				t.Errorf("notes %v, want %q", got.Notes, tt.notes)
			}
			var fix string
			var crs int
			if len(got.Proposals) > 0 {
				fix, crs = got.Proposals[0].Fix, got.Proposals[0].CRS.EPSG
			}
			if fix != tt.fix || crs != tt.crs {
				t.Errorf("first proposal %q EPSG:%d of %v, want %q EPSG:%d", fix, crs, got.Proposals, tt.fix, tt.crs)
			}
			checkProposals(t, tt.sample, got.Proposals)
		})
	}
}

// checkProposals confirms each proposal the way an importer would: apply the
// reading, take the coordinates back to degrees, look whether they are there.
func checkProposals(t *testing.T, sample [][2]float64, proposals []Proposal) {
	t.Helper()
	for _, p := range proposals {
		inside := 0
		for _, s := range sample {
			x, y, err := p.Reading.Apply(s[0], s[1], p.CRS)
			if err != nil {
				continue
			}
			if lon, lat := p.CRS.Inverse(x, y); dalad.Grow(ExtentMarginM).Contains(lon, lat) {
				inside++
			}
		}
		if inside != p.Inside {
			t.Errorf("%s %q: %d inside, said %d", p.CRS.Name, p.Reading, inside, p.Inside)
		}
	}
}

func TestJudgeMixedZonesNamesBoth(t *testing.T) {
	t.Parallel()
	got := Judge(dalad, append(plane(t, 4524, westPlaces), plane(t, 4525, places)...), mustEPSG(t, 4525))
	a := got.Notes[0].Args
	if a["count"] != "5" || a["of"] != "14" || a["fix"] != "zone=36,37" || !strings.HasSuffix(a["also"], "zone 36") {
		t.Errorf("args %v", a)
	}
	if got.Inside != 9 || got.Outside != 5 {
		t.Errorf("%d inside, %d outside", got.Inside, got.Outside)
	}
}

// A county on the other side of the world, as projects outside China have.
func TestJudgeWestAndSouth(t *testing.T) {
	t.Parallel()
	county := Extent{West: -51.5, South: -21, East: -50.5, North: -20}
	c := mustEPSG(t, 31982)
	e, n := c.Forward(-51, -20.5)
	got := Judge(county, [][2]float64{{e, n}}, CRS{})
	if candidates := got.Candidates(); len(candidates) == 0 || candidates[0].EPSG != 32722 {
		t.Errorf("candidates %v", candidates)
	}
	if got := Judge(county, [][2]float64{{e, n}}, c); !got.Fits() {
		t.Errorf("SIRGAS 2000: %+v", got)
	}
}

func TestUnpackDegrees(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		packed, want float64
		ok           bool
	}{
		{110.15305, 110 + 15.0/60 + 30.5/3600, true},
		{1101530.5, 110 + 15.0/60 + 30.5/3600, true},
		{40.0000, 40, true},
		{110.1530, 110 + 15.0/60 + 30.0/3600, true}, // 1101529.9999… in binary
		{-51.3015, -(51 + 30.0/60 + 15.0/3600), true},
		{401215, 40 + 12.0/60 + 15.0/3600, true},
		{110.6012, 0, false},
		{110.1260, 0, false},
		{181.0000, 0, false},
		{37415000, 0, false},
		{math.Inf(1), 0, false},
	} {
		got, ok := UnpackDegrees(tt.packed)
		if ok != tt.ok || math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%v: %v, %v; want %v, %v", tt.packed, got, ok, tt.want, tt.ok)
		}
	}
}

func TestReadingRefuses(t *testing.T) {
	t.Parallel()
	c := mustEPSG(t, 4525)
	for _, r := range []Reading{ReadPacked, ReadDoublePrefix, "sideways"} {
		if _, _, err := r.Apply(37415000, 4450000, c); err == nil {
			t.Errorf("%q took 37415000, 4450000", r)
		}
	}
}
