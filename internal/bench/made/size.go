package made

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Size is how much is drawn.
type Size struct {
	Name     string
	Counties int
	// Mines and Parcels are those of all counties together; a county has its
	// share of both. The parcels are met to within a few in a hundred.
	Mines, Parcels int
}

// Sizes are those that have a name.
var Sizes = []Size{
	{"township", 1, 10, 5_000},
	{"county", 1, 200, 300_000},
	{"city", 5, 1_000, 1_500_000},
	{"province", 10, 2_000, 3_000_000},
}

// ParseSize returns the size of that name.
func ParseSize(name string) (Size, error) {
	i := slices.IndexFunc(Sizes, func(s Size) bool { return s.Name == name })
	if i < 0 {
		var names []string
		for _, s := range Sizes {
			names = append(names, s.Name)
		}
		return Size{}, fmt.Errorf("size %q is not one of %s", name, strings.Join(names, ", "))
	}
	return Sizes[i], nil
}

// mostCounties is how many codes there are: 159900 to 159999.
const mostCounties = 100

func (s Size) check() error {
	if s.Counties < 1 || s.Counties > mostCounties || s.Mines < s.Counties || s.Parcels < 1000*s.Counties {
		return fmt.Errorf("size %s: %d counties with %d mines and %d parcels: want 1 to %d counties, a mine and 1000 parcels each",
			s.Name, s.Counties, s.Mines, s.Parcels, mostCounties)
	}
	return nil
}

// The lattice that all counties are cut from: its south-western corner, and the
// size of a cell, 171 m square at 40° N.
const (
	originLon, originLat = 107.0, 39.0
	cellLon, cellLat     = 0.002, 0.00154
	cellM                = 171.0
)

// A sheet is the ground of one county: columns and rows of cells.
type sheet struct{ west, south, columns, rows int }

// sheets lays the counties side by side, each twice as wide as high, all
// together about two and a half times.
func (s Size) sheets() []sheet {
	cells := float64(s.Parcels) / float64(s.Counties) / parcelsPerCell
	rows := int(math.Ceil(math.Sqrt(cells / 2)))
	columns := int(math.Round(cells / float64(rows)))
	across := int(math.Ceil(math.Sqrt(1.25 * float64(s.Counties))))
	var out []sheet
	for i := range s.Counties {
		out = append(out, sheet{i % across * columns, i / across * rows, columns, rows})
	}
	return out
}

// minesOf is how many mines the county of that number has.
func (s Size) minesOf(county int) int {
	n := s.Mines / s.Counties
	if county < s.Mines%s.Counties {
		n++
	}
	return n
}

// lonLat is the place of a point of the lattice.
func lonLat(u, v float64) (lon, lat float64) { return originLon + u*cellLon, originLat + v*cellLat }
