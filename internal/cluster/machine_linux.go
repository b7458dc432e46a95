package cluster

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// readMachine measures the memory: the machine's, or less where a control
// group allows less.
func readMachine() machine {
	var m machine
	if f, err := os.Open("/proc/meminfo"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) > 1 && fields[0] == "MemTotal:" {
				if kb, err := strconv.Atoi(fields[1]); err == nil {
					m.memoryMB = kb / 1024
				}
			}
		}
	}
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		limit, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		if mb := limit >> 20; err == nil && mb > 0 && mb < int64(m.memoryMB) {
			m.memoryMB = int(mb)
		}
	}
	var shm syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &shm); err == nil {
		m.sharedMB = int(shm.Blocks * uint64(shm.Bsize) >> 20)
	}
	return m
}
