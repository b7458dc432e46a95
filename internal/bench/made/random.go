package made

import "math"

// A random hands out numbers that hang on what it was made of alone.
type random uint64

// randomOf mixes keys into a random (SplitMix64: Steele, Lea, Flood, "Fast
// splittable pseudorandom number generators", 2014).
func randomOf(keys ...int) random {
	var r random
	for _, k := range keys {
		r = random(mixed(uint64(r) ^ uint64(k)*0x9e3779b97f4a7c15))
	}
	return r
}

func mixed(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is the next number from 0 up to 1.
func (r *random) float() float64 {
	*r += 0x9e3779b97f4a7c15
	return float64(mixed(uint64(*r))>>11) / (1 << 53)
}

func (r *random) between(low, high float64) float64 { return low + (high-low)*r.float() }

// magnitude is a number between two whose logarithm is even: many small, few
// large.
func (r *random) magnitude(low, high float64) float64 {
	return math.Exp(r.between(math.Log(low), math.Log(high)))
}

func (r *random) below(n int) int { return int(r.float() * float64(n)) }

func (r *random) chance(p float64) bool { return r.float() < p }

// one picks one of some values.
func one[T any](r *random, values ...T) T { return values[r.below(len(values))] }

// What a random is for, so that no two draw the same numbers.
const (
	forCorner = iota + 1
	forEdgeEast
	forEdgeNorth
	forCell
	forVegetation
	forSettlement
	forMine
	forOutline
	forProtected
	forWater
	forLoner
)

// noise is a smooth number between 0 and 1 for each point of a plane, 1 apart
// being far.
func noise(seed, purpose int, x, y float64) float64 {
	i, j := math.Floor(x), math.Floor(y)
	at := func(di, dj int) float64 {
		r := randomOf(seed, purpose, int(i)+di, int(j)+dj)
		return r.float()
	}
	sx, sy := smooth(x-i), smooth(y-j)
	south := at(0, 0)*(1-sx) + at(1, 0)*sx
	north := at(0, 1)*(1-sx) + at(1, 1)*sx
	return south*(1-sy) + north*sy
}

func smooth(t float64) float64 { return t * t * (3 - 2*t) }
