package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// watchMemory looks at this program and at the connections of a name until the
// function it returns is called, which gives the most either had, in MB: of a
// connection what is its own, leaving out the buffers that all share. It reads
// counters only: walking the pages of a connection that maps gigabytes of buffers
// (smaps) takes longer than the statements it would look at.
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
				if found, err := connections(ctx, pool, name); err == nil {
					pids = found
				}
			}
			for _, pid := range pids {
				peak = max(peak, procMB(fmt.Sprintf("/proc/%d/status", pid), "RssAnon:"))
			}
		}
	}()
	return func() (float64, float64) {
		stop()
		return procMB("/proc/self/status", "VmHWM:"), <-most
	}
}

// processorSeconds is how long a process of this machine has been worked on; 0 of
// a connection to a server elsewhere.
func processorSeconds(pid int) float64 {
	// A directory a thread.
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || pid != os.Getpid() && !isServer(pid) {
		return 0
	}
	var sum float64
	for _, thread := range threads {
		if b, err := os.ReadFile(thread); err == nil { // else it has ended since
			sum += scheduled(b)
		}
	}
	return sum
}

// serverSeconds returns what says how long a server's process, which has one
// thread, has been worked on: asked before and after each statement, it must
// cost next to nothing, since what it costs counts for the program.
func serverSeconds(pid int) (seconds func() float64, done func()) {
	none := func() float64 { return 0 }
	f, err := os.Open(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		return none, func() {}
	}
	if !isServer(pid) {
		f.Close()
		return none, func() {}
	}
	line := make([]byte, 64)
	return func() float64 {
		n, _ := f.ReadAt(line, 0)
		return scheduled(line[:n])
	}, func() { f.Close() }
}

func isServer(pid int) bool {
	comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return err == nil && strings.HasPrefix(string(comm), "postgres")
}

// scheduled reads seconds from a line whose first number is nanoseconds (proc(5),
// schedstat); 0 of an empty one.
func scheduled(line []byte) float64 {
	first, _, _ := bytes.Cut(line, []byte(" "))
	ns, err := strconv.ParseFloat(string(first), 64)
	if err != nil {
		return 0
	}
	return ns / 1e9
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
