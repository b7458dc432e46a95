package pgtest

import (
	"os"
	"syscall"
)

// inMemory is what marks a file system in memory (statfs(2), TMPFS_MAGIC), and
// roomBytes what must be free in it.
const (
	inMemory  = 0x01021994
	roomBytes = 4 << 30
)

// scratch is the directory that throw-away servers are made in; "" is that of
// temporary files. Each test copies a database of a thousand files and drops it,
// and ext4 looks for a free inode one by one among those just deleted: on disk
// a third of all time went there. Whoever names a TMPDIR is obeyed.
func scratch() string {
	const dir = "/dev/shm"
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(dir, &fs) != nil || fs.Type != inMemory || fs.Bavail*uint64(fs.Bsize) < roomBytes {
		return ""
	}
	return dir
}
