package bench

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// took is what something took: seconds that went by, and those that processors
// worked on it, which another's work beside it does not lengthen; 0 where they
// cannot be told.
type took struct{ wall, processor float64 }

func (t took) plus(more took) took { return took{t.wall + more.wall, t.processor + more.processor} }

// A variant is one way of doing something. It says what it took, by name: one
// that does several things in turn has several names.
type variant struct {
	name string
	run  func(ctx context.Context) (map[string]took, error)
}

// samples are what each took, a value a round.
type samples map[string][]took

func (s samples) wall(name string) []float64 {
	var out []float64
	for _, t := range s[name] {
		out = append(out, t.wall)
	}
	return out
}

func (s samples) processor(name string) []float64 {
	var out []float64
	for _, t := range s[name] {
		if t.processor > 0 {
			out = append(out, t.processor)
		}
	}
	return out
}

// takeTurns runs all variants once a round, each round beginning with another.
func takeTurns(ctx context.Context, rounds int, variants []variant, progress func(string)) (samples, error) {
	out := make(samples)
	for round := range rounds {
		for i := range variants {
			v := variants[(round+i)%len(variants)]
			took, err := v.run(ctx)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", v.name, err)
			}
			for _, name := range slices.Sorted(maps.Keys(took)) {
				out[name] = append(out[name], took[name])
				progress(fmt.Sprintf("round %d of %d: %s %.2f s, processor %.2f s", round+1, rounds, name, took[name].wall, took[name].processor))
			}
		}
	}
	return out, nil
}

// A spread is the middle of some values and their ends.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	if n == 0 {
		return spread{}
	}
	return spread{(v[(n-1)/2] + v[n/2]) / 2, v[0], v[n-1]}
}

// ratios are those of some values to others, round by round.
func ratios(of, to []float64) []float64 {
	var out []float64
	for i := range min(len(of), len(to)) {
		out = append(out, of[i]/to[i])
	}
	return out
}

// A ratio is printed beside the bound it is held to, if it is to any.
type ratio struct {
	what, of, to string
	bound        float64
	atLeast      bool
}

// line is what the ratio is, by the clock and by the processors' time, and
// whether the first keeps the bound.
func (s samples) line(r ratio) []string {
	wall := spreadOf(ratios(s.wall(r.of), s.wall(r.to)))
	cells := []string{r.what, "**" + wall.String() + "**", "", ""}
	if busy := ratios(s.processor(r.of), s.processor(r.to)); len(busy) > 0 {
		cells[2] = spreadOf(busy).String()
	}
	if r.bound > 0 {
		sign, kept := "≤", wall.median <= r.bound
		if r.atLeast {
			sign, kept = "≥", wall.median >= r.bound
		}
		cells[3] = fmt.Sprintf("%s %g: %s", sign, r.bound, map[bool]string{true: "kept", false: "not kept"}[kept])
	}
	return cells
}

var ratioHead = []string{"ratio", "by the clock", "by processor time", "bound"}

// seconds are the cells of what something took.
func (s samples) seconds(name string) []string {
	cells := []string{spreadOf(s.wall(name)).String(), ""}
	if busy := s.processor(name); len(busy) > 0 {
		cells[1] = spreadOf(busy).String()
	}
	return cells
}

var secondsHead = []string{"way", "seconds", "processor seconds"}

// String has three digits that count.
func (v spread) String() string {
	digits := 2
	if v.median < 1 {
		digits = 3
	}
	return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, v.median, digits, v.least, digits, v.most)
}

// table is a table of Markdown.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, r := range rows {
		line(r)
	}
	return b.String()
}

// largest are the statements that took longest, at most n.
func largest(m map[step]took, n int) []step {
	var all []step
	for s := range m {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b step) int {
		return cmp.Or(cmp.Compare(m[b].wall, m[a].wall), cmp.Compare(a.statement, b.statement), cmp.Compare(a.rule, b.rule))
	})
	return all[:min(n, len(all))]
}
