package geojson

import (
	"math"
	"strconv"
	"unsafe"
)

// maxNesting is that of a MultiPolygon: polygons, rings, positions, ordinates.
const maxNesting = 4

// A coordinates value is one "coordinates" member as flat numbers. It takes
// whatever nesting it meets; what the geometry's type asks is compared after.
type coordinates struct {
	// flat has three ordinates a position, NaN for a height that is not there.
	flat      []float64
	ends      []int // positions up to the end of each innermost array
	polygons  []int // entries of ends up to the end of each next outer array
	depth     int   // nesting of a position, 0 where there is none
	heights   int   // positions with a height
	long      bool  // a position had more than three ordinates
	positions int
	max       int // positions allowed
}

// A coordinateFault says what is wrong at which byte of the value.
type coordinateFault struct {
	code string
	at   int
}

func (c *coordinates) reset(limit int) {
	*c = coordinates{flat: c.flat[:0], ends: c.ends[:0], polygons: c.polygons[:0], max: limit}
}

// parse reads b, which is one valid JSON value. It returns nil or the first
// fault.
func (c *coordinates) parse(b []byte) *coordinateFault {
	level := 0
	for i := 0; i < len(b); {
		switch b[i] {
		case ' ', '\t', '\r', '\n', ',':
			i++
		case '[':
			if level++; level > maxNesting {
				return &coordinateFault{"geojson.nesting", i}
			}
			i++
		case ']':
			if fault := c.closeArray(level, i); fault != nil {
				return fault
			}
			level--
			i++
		default:
			if level == 0 || c.depth != 0 && level != c.depth {
				return &coordinateFault{"geojson.nesting", i}
			}
			if c.depth == 0 && (len(c.ends) > 0 || len(c.polygons) > 0) {
				return &coordinateFault{"geojson.nesting", i}
			}
			c.depth = level
			next, fault := c.position(b, i)
			if fault != nil {
				return fault
			}
			level--
			i = next
		}
	}
	return nil
}

// closeArray ends the array at the given level.
func (c *coordinates) closeArray(level, at int) *coordinateFault {
	switch {
	case c.depth == 0:
		// An empty array before the first position. How deep positions will lie
		// is not known, so that nothing may follow it.
		c.ends = append(c.ends, 0)
	case level == c.depth:
		return &coordinateFault{"geojson.position_short", at}
	case level > c.depth:
		return &coordinateFault{"geojson.nesting", at}
	case level == c.depth-1:
		c.ends = append(c.ends, c.positions)
	case level == c.depth-2:
		c.polygons = append(c.polygons, len(c.ends))
	}
	return nil
}

// position reads the ordinates from i up to and with the closing bracket, and
// returns what follows it.
func (c *coordinates) position(b []byte, i int) (int, *coordinateFault) {
	start, n := i, 0
	z := math.NaN()
	for {
		switch ch := b[i]; {
		case ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n' || ch == ',':
			i++
			continue
		case ch == ']':
			if n < 2 {
				return 0, &coordinateFault{"geojson.position_short", start}
			}
			if n == 2 {
				c.flat = append(c.flat, z)
			} else {
				c.heights++
			}
			c.long = c.long || n > 3
			if c.positions++; c.positions > c.max {
				return 0, &coordinateFault{"geometry.limit", start}
			}
			return i + 1, nil
		case ch != '-' && (ch < '0' || ch > '9'):
			return 0, &coordinateFault{"geojson.ordinate", i}
		}
		v, next := number(b, i)
		if math.IsInf(v, 0) {
			return 0, &coordinateFault{"geojson.ordinate", i}
		}
		if n++; n <= 3 {
			c.flat = append(c.flat, v)
		}
		i = next
	}
}

// powers are those of ten that a float64 holds exactly.
var powers = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// number reads the JSON number at i, correctly rounded, and returns where it
// ends. Up to 2⁵³ with a power of ten that is exact, one division is correctly
// rounded (Clinger, How to Read Floating Point Numbers Accurately, 1990); the
// rest goes to strconv. A number out of range gives an infinity.
func number(b []byte, i int) (float64, int) {
	start := i
	negative := b[i] == '-'
	if negative {
		i++
	}
	var mantissa uint64
	digits, scale := 0, 0
	for ; i < len(b) && b[i]-'0' < 10; i++ {
		mantissa = mantissa*10 + uint64(b[i]-'0')
		digits++
	}
	if i < len(b) && b[i] == '.' {
		for i++; i < len(b) && b[i]-'0' < 10; i++ {
			mantissa = mantissa*10 + uint64(b[i]-'0')
			digits++
			scale++
		}
	}
	exponent := i < len(b) && (b[i] == 'e' || b[i] == 'E')
	if exponent {
		for i++; i < len(b) && (b[i] == '+' || b[i] == '-' || b[i]-'0' < 10); i++ {
		}
	}
	if !exponent && digits < 19 && mantissa < 1<<53 && scale < len(powers) {
		v := float64(mantissa) / powers[scale]
		if negative {
			v = -v
		}
		return v, i
	}
	// The string is not kept by strconv beyond the error, which is dropped.
	v, err := strconv.ParseFloat(unsafe.String(&b[start], i-start), 64)
	if err != nil {
		v = math.Inf(1)
	}
	return v, i
}
