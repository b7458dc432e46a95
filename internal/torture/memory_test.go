package torture_test

import (
	"runtime"
	"testing"

	"github.com/taohe-gis/taohe/internal/torture"
)

// Nothing is allocated on the word of a head: no file of the set makes the
// readers ask for more than a few times its own size and their buffers, whatever
// it claims to hold. The test does not run beside others, whose allocations it
// would count.
func TestNothingIsAllocatedForAClaim(t *testing.T) {
	const buffers = 24 << 20
	for _, c := range torture.Cases() {
		if c.Through {
			continue // another program reads it, within bounds of its own
		}
		files, err := c.Make()
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for _, f := range files {
			size += len(f.Content)
		}
		path, err := c.Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read(t, path)
		runtime.ReadMemStats(&after)
		if got := int(after.TotalAlloc - before.TotalAlloc); got > buffers+30*size {
			t.Errorf("%s: %d bytes allocated for %d bytes of file", c.Name, got, size)
		}
	}
}
