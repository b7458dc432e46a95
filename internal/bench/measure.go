package bench

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A variant is one way of doing something. It says what it took, by name: one
// that does several things in turn has several names.
type variant struct {
	name string
	run  func(ctx context.Context) (map[string]float64, error)
}

// samples are seconds by what took them, a value a round.
type samples map[string][]float64

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
				progress(fmt.Sprintf("round %d of %d: %s %.2f s", round+1, rounds, name, took[name]))
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

// ratios are those of two names, round by round.
func (s samples) ratios(of, to string) []float64 {
	var out []float64
	for i := range min(len(s[of]), len(s[to])) {
		out = append(out, s[of][i]/s[to][i])
	}
	return out
}

// A ratio is printed beside the bound it is held to, if it is to any.
type ratio struct {
	what, of, to string
	bound        float64
	atLeast      bool
}

func (s samples) line(r ratio) []string {
	values := spreadOf(s.ratios(r.of, r.to))
	cells := []string{r.what, s.seconds(r.of), s.seconds(r.to), fmt.Sprintf("**%.3f** (%.3f–%.3f)", values.median, values.least, values.most), ""}
	if r.bound > 0 {
		sign, kept := "≤", values.median <= r.bound
		if r.atLeast {
			sign, kept = "≥", values.median >= r.bound
		}
		cells[4] = fmt.Sprintf("%s %g: %s", sign, r.bound, map[bool]string{true: "kept", false: "not kept"}[kept])
	}
	return cells
}

func (s samples) seconds(name string) string {
	v := spreadOf(s[name])
	return fmt.Sprintf("%.2f (%.2f–%.2f)", v.median, v.least, v.most)
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

// largest are the entries with the greatest values, at most n.
func largest(m map[step]float64, n int) []step {
	var all []step
	for s := range m {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b step) int {
		return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a.statement, b.statement), cmp.Compare(a.rule, b.rule))
	})
	return all[:min(n, len(all))]
}
