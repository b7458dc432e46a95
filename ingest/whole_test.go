package ingest

import (
	"math/rand/v2"
	"testing"
)

// Of areas that all differ none may repeat; one that comes again is found
// whenever it does; and what does not fit any more is not said to be without.
func TestAreaSet(t *testing.T) {
	t.Parallel()
	areas := func(n int) []float64 {
		random, out := rand.New(rand.NewPCG(3, 4)), make([]float64, n)
		for i := range out {
			out[i] = float64(i) + random.Float64()
		}
		return out
	}
	of := func(areas ...float64) *areaSet {
		var s areaSet
		for _, a := range areas {
			s.add(a)
		}
		return &s
	}
	for _, n := range []int{0, 1, 1000, 100_000} {
		all := areas(n)
		if of(all...).mayRepeat {
			t.Errorf("%d different areas are said to repeat", n)
		}
		for _, again := range []int{0, n / 2, n - 1} {
			if n > 0 && !of(append(all[:n:n], all[again])...).mayRepeat {
				t.Errorf("of %d areas, number %d came again unseen", n, again)
			}
		}
	}
	s := of(areas(areaSetSlots)...)
	if !s.mayRepeat || s.slots != nil {
		t.Errorf("more than fit: mayRepeat %t, %d slots kept", s.mayRepeat, len(s.slots))
	}
}
