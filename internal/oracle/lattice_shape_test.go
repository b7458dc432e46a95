package oracle

import "math/rand/v2"

// block is a rectangle of whole cells, up to most cells wide.
func (l *lattice) block(r *rand.Rand, most int) cells {
	out := l.Empty()
	w, h := 1+r.IntN(min(most, l.nx)), 1+r.IntN(min(most, l.ny))
	x, y := r.IntN(l.nx-w+1), r.IntN(l.ny-h+1)
	for j := y; j < y+h; j++ {
		for i := x; i < x+w; i++ {
			out.set(2 * (j*l.nx + i))
			out.set(2*(j*l.nx+i) + 1)
		}
	}
	return out
}

// some keeps each triangle with a chance in percent: corners that touch, holes,
// islands.
func (l *lattice) some(r *rand.Rand, c cells, percent int) cells {
	out := l.Empty()
	c.each(func(t int) {
		if chance(r, percent) {
			out.set(t)
		}
	})
	return out
}

// grown is the ground with the triangles along its outline.
func (l *lattice) grown(c cells) cells {
	out := l.Union(c, l.Empty())
	c.each(func(t int) {
		for _, n := range l.neighbours[t] {
			if n >= 0 {
				out.set(int(n))
			}
		}
	})
	return out
}

func (l *lattice) shrunk(c cells) cells {
	out := l.Empty()
	c.each(func(t int) {
		for _, n := range l.neighbours[t] {
			if n < 0 || !c.has(int(n)) {
				return
			}
		}
		out.set(t)
	})
	return out
}

func (l *lattice) Draw(r *rand.Rand, pool []cells) cells {
	for {
		c := l.draw(r, pool)
		if l.AreaM2(c) > 0 {
			return c
		}
	}
}

func (l *lattice) draw(r *rand.Rand, pool []cells) cells {
	fresh := func() cells { return l.block(r, 12) }
	old := fresh
	if len(pool) > 0 {
		old = func() cells { return pool[r.IntN(len(pool))] }
	}
	switch r.IntN(14) {
	case 0, 1, 2:
		return fresh()
	case 3:
		return l.Union(fresh(), fresh())
	case 4: // ragged along its outline
		c := l.grown(fresh())
		in := l.shrunk(c)
		return l.Union(in, l.some(r, l.Minus(c, in), 50))
	case 5:
		return l.some(r, fresh(), 70)
	case 6: // a hole with an island in it
		c := l.Union(fresh(), fresh())
		hole := l.shrunk(l.shrunk(c))
		return l.Union(l.Minus(c, hole), l.shrunk(l.shrunk(hole)))
	case 7: // a strip
		c := l.block(r, 1)
		for range 10 + r.IntN(30) {
			c = l.grown(c)
		}
		return l.Meet(c, l.Union(l.block(r, 1), l.strip(r)))
	case 8:
		return l.strip(r)
	case 9:
		return l.Union(old(), l.Empty())
	case 10:
		return l.Minus(old(), fresh())
	case 11:
		return l.Meet(old(), l.block(r, 20))
	case 12:
		return l.grown(old())
	default:
		return l.Minus(l.grown(old()), old())
	}
}

// strip is a part of one column or row.
func (l *lattice) strip(r *rand.Rand) cells {
	out := l.Empty()
	at, from := r.IntN(l.nx), r.IntN(l.nx)
	to := min(l.nx, from+2+r.IntN(20))
	upright := r.IntN(2) == 0
	for k := from; k < to; k++ {
		cell := at*l.nx + k
		if upright {
			cell = k*l.nx + at
		}
		out.set(2 * cell)
		out.set(2*cell + 1)
	}
	return out
}

func (l *lattice) Large(r *rand.Rand) cells {
	c := l.block(r, l.nx)
	return l.some(r, l.Union(c, l.block(r, l.nx)), 99)
}

// Half is all ground on one side of a line through the lattice.
func (l *lattice) Half(r *rand.Rand) cells {
	out := l.Empty()
	at := r.IntN(l.nx)
	for t := range l.areas {
		if t/2%l.nx < at {
			out.set(t)
		}
	}
	return out
}
