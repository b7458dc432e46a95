package geo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		got, want string
	}{
		{FormatM2(0.125), "0.13"}, // binary rounding to even would print 0.12
		{FormatM2(1.005), "1.01"}, // 1.005 is stored as 1.00499999999999989
		{FormatM2(999824.3004), "999824.30"},
		{FormatM2(9.995), "10.00"},
		{FormatM2(0), "0.00"},
		{FormatM2(-0.001), "0.00"},
		{FormatM2(-2.345), "-2.35"},
		{FormatM2(510065621714742.6), "510065621714742.60"},
		{FormatMu(Mu(2000.0 / 3)), "1.00"},
		{FormatMu(Mu(1e6)), "1500.00"},
		{FormatHectares(Hectares(204405)), "20.4405"},
		{FormatHectares(15.00005), "15.0001"},
		{FormatKm2(Km2(32_000_049)), "32.0000"},
		{FormatKm2(Km2(32_000_050)), "32.0001"},
		{FormatKm2(99.99995), "100.0000"},
		{FormatM2(math.Inf(1)), "+Inf"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	if Mu(2000) != 3 || Mu(10000) != 15 || Hectares(10000) != 1 || Km2(1e6) != 1 {
		t.Errorf("2000 m² is %v mu, 1 ha is %v mu", Mu(2000), Mu(10000))
	}
}

func TestApportion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		parts    []float64
		total    float64
		decimals int
		want     []float64
	}{
		{"nothing", nil, 0, 2, nil},
		{"already round", []float64{1.25, 2.5}, 3.75, 2, []float64{1.25, 2.5}},
		{"a third each, the first gets the unit", []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}, 1, 2, []float64{0.34, 0.33, 0.33}},
		{"the largest remainder gets the unit", []float64{0.123, 0.456, 0.421}, 1, 2, []float64{0.12, 0.46, 0.42}},
		{"rounding up all would exceed", []float64{0.5, 0.5, 1}, 2, 0, []float64{1, 0, 1}},
		{"zero stays zero", []float64{0, 0.5, 0.5}, 1, 0, []float64{0, 1, 0}},
		{"0.29 is not 0.28", []float64{0.29, 0.71}, 1, 2, []float64{0.29, 0.71}},
		{"scaled to the total", []float64{1, 1, 2}, 2, 2, []float64{0.5, 0.5, 1}},
		{"all zero under a total", []float64{0, 0}, 1, 2, []float64{0, 0}},
		{"not a number", []float64{math.NaN(), 1}, 1, 2, []float64{math.NaN(), 1}},
		{"negative", []float64{-1, 2}, 1, 2, []float64{-1, 2}},
		{"beyond counting", []float64{1e300, 1e300}, 2e300, 2, []float64{1e300, 1e300}},
		{"vanishing parts", []float64{5e-324, 5e-324}, 1, 2, []float64{5e-324, 5e-324}},
	} {
		before := slices.Clone(tt.parts)
		got := Apportion(tt.parts, tt.total, tt.decimals)
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if !slices.EqualFunc(got, tt.want, same) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if !slices.EqualFunc(tt.parts, before, same) {
			t.Errorf("%s: the argument was changed", tt.name)
		}
	}
}

// Printed parts must add up to the printed total, and none may move by more
// than one unit.
func TestApportionAddsUp(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	for range 5000 {
		parts := make([]float64, 1+rng.IntN(30))
		var total float64
		for i := range parts {
			parts[i] = math.Exp(rng.Float64()*25 - 5)
			total += parts[i]
		}
		decimals := rng.IntN(5)
		unit := math.Pow10(-decimals)
		got := Apportion(parts, total, decimals)
		var units int64
		for i, g := range got {
			units += int64(math.Round(g / unit))
			if math.Abs(g-parts[i]) > unit*(1+1e-6) {
				t.Fatalf("part %v became %v", parts[i], g)
			}
		}
		if want := int64(math.Round(total / unit)); units != want {
			t.Fatalf("%d units, want %d", units, want)
		}
	}
}
