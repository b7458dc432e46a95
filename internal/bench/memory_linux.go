package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// watchMemory looks at this program and at the connections of a name until the
// function it returns is called, which gives the most either had, in MB: of a
// connection what is its own, leaving out the buffers that all share.
func watchMemory(ctx context.Context, pool *pgxpool.Pool, name string) func() (programMB, connectionMB float64) {
	// Writing 5 forgets the peak so far (proc(5), clear_refs).
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	ctx, stop := context.WithCancel(ctx)
	most := make(chan float64, 1)
	go func() {
		var peak float64
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		var pids []int
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				most <- peak
				return
			case <-tick.C:
			}
			if i%10 == 0 {
				if err := pool.QueryRow(ctx, `select coalesce(array_agg(pid), '{}') from pg_stat_activity where application_name = $1`, name).Scan(&pids); err != nil {
					continue
				}
			}
			for _, pid := range pids {
				peak = max(peak, procMB(fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Anonymous:"))
			}
		}
	}()
	return func() (float64, float64) {
		stop()
		return procMB("/proc/self/status", "VmHWM:"), <-most
	}
}

// procMB is a line of a file of proc(5) that is in kB; 0 when it cannot be read.
func procMB(file, key string) float64 {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		if rest, ok := strings.CutPrefix(string(line), key); ok {
			kB, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			if err != nil {
				return 0
			}
			return kB / 1024
		}
	}
	return 0
}
