package cluster

import (
	"runtime"
	"strconv"
	"strings"
)

// A setting of the server, given on its command line, where it wins over the
// files of the cluster.
type setting struct{ name, value string }

// A machine is what the tuning depends on.
type machine struct {
	// memoryMB is the memory this program may use; 0 when not known.
	memoryMB int
	// sharedMB is the room in /dev/shm; 0 when there is none or not known.
	sharedMB int
}

// settings for overlaying: few connections, large sorts and hashes, geometry
// that is read more than written, bulk loads that can be repeated.
func settings(durable bool, socketDir string, m machine) []setting {
	memory := m.memoryMB
	if memory == 0 {
		memory = 4096
	}
	mb := func(v, low, high int) string { return strconv.Itoa(min(max(v, low), high)) + "MB" }
	s := []setting{
		{"listen_addresses", ""},
		{"unix_socket_directories", `"` + strings.ReplaceAll(socketDir, `"`, `""`) + `"`},
		{"unix_socket_permissions", "0700"},
		{"port", strconv.Itoa(port)},
		{"cluster_name", "taohe"},
		{"max_connections", "200"},

		{"shared_buffers", mb(memory/4, 128, 2048)},
		{"effective_cache_size", mb(memory/2, 256, 32768)},
		{"work_mem", mb(memory/64, 16, 256)},
		{"maintenance_work_mem", mb(memory/16, 64, 1024)},
		{"max_wal_size", "4GB"},
		{"checkpoint_timeout", "15min"},
		{"wal_compression", "on"},
		// No replica hangs on a private cluster (a server that has some is named by
		// its address), and a COPY into a new table is then not written twice.
		{"wal_level", "minimal"},
		{"max_wal_senders", "0"},
		{"random_page_cost", "1.1"},
		// Compiling costs more than it saves where the time goes into GEOS.
		{"jit", "off"},

		{"timezone", "UTC"},
		{"log_timezone", "UTC"},
		{"lc_messages", "C"},
		{"logging_collector", "off"},
		{"log_destination", "stderr"},
		{"log_line_prefix", "%m [%p] %a "},
		{"log_checkpoints", "off"},
	}
	if runtime.GOOS == "linux" {
		// A query whose client was killed ends within seconds, not when done.
		s = append(s, setting{"client_connection_check_interval", "5s"})
	}
	if m.sharedMB > 0 && m.sharedMB < 512 {
		// Containers often have 64 MB there, which one parallel hash fills.
		s = append(s, setting{"dynamic_shared_memory_type", "mmap"})
	}
	if !durable {
		s = append(s,
			setting{"fsync", "off"},
			setting{"synchronous_commit", "off"},
			setting{"full_page_writes", "off"},
			setting{"wal_compression", "off"},
			setting{"max_wal_size", "512MB"},
			setting{"autovacuum", "off"},
		)
	}
	return s
}
