// Package pagetest has other programs read pages, and compares what two drew. Tests alone use it.
package pagetest

import (
	"bytes"
	"image"
	"os/exec"
	"testing"
)

// Difference compares two pictures of one page as coarse as cells of so many
// pixels: the most that the mean of a cell differs in a colour, 0 to 255. Two
// renderers never agree on the pixels along an edge.
func Difference(a, b image.Image, cell int) float64 {
	size := image.Pt(min(a.Bounds().Dx(), b.Bounds().Dx()), min(a.Bounds().Dy(), b.Bounds().Dy()))
	most := 0.0
	for y := 0; y < size.Y; y += cell {
		for x := 0; x < size.X; x += cell {
			p, q := mean(a, x, y, cell), mean(b, x, y, cell)
			for i := range p {
				most = max(most, p[i]-q[i], q[i]-p[i])
			}
		}
	}
	return most
}

func mean(m image.Image, x0, y0, cell int) (sum [3]float64) {
	corner, n := m.Bounds().Min, 0.0
	for y := y0; y < y0+cell; y++ {
		for x := x0; x < x0+cell; x++ {
			p := image.Pt(corner.X+x, corner.Y+y)
			if !p.In(m.Bounds()) {
				continue
			}
			r, g, b, _ := m.At(p.X, p.Y).RGBA()
			for i, v := range []uint32{r, g, b} {
				sum[i] += float64(v) / 257
			}
			n++
		}
	}
	for i := range sum {
		sum[i] /= n
	}
	return sum
}

// Poppler runs one of poppler's programs and returns what it prints; whatever it
// complains of fails the test. The test is skipped where it is not installed.
func Poppler(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skip("no " + program + ": poppler-utils has it")
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil || said.Len() > 0 {
		t.Fatalf("%s: %v: %s", program, err, said.String())
	}
	return out
}
