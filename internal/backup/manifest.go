package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The files of a backup's folder.
const (
	dumpName     = "taohe.dump"
	manifestName = "manifest.json"
)

// format is how the manifest is written; another is not read.
const format = 1

// A Manifest says what a backup holds, so that it can be held against what was
// restored from it.
type Manifest struct {
	Format  int       `json:"format"`
	MadeAt  time.Time `json:"made_at"`
	Program string    `json:"program"`
	// Schema is the newest migration of the database.
	Schema   int64  `json:"schema"`
	Postgres string `json:"postgres"`
	PostGIS  string `json:"postgis"`
	Ledger   Chain  `json:"ledger"`
	// Audit is of nothing where the schema is older than the audit log.
	Audit Chain  `json:"audit"`
	Runs  []Run  `json:"runs"`
	Roles []Role `json:"roles"`
	Dump  Dump   `json:"dump"`
}

// Chain is where a chain of hashes ends.
type Chain struct {
	Events int64  `json:"events"`
	Head   string `json:"head"`
}

// A Run is a complete one, with the digest of all it found.
type Run struct {
	ID     int64  `json:"id"`
	Digest string `json:"digest"`
}

// A Role is one that the program made on the server.
type Role struct {
	Name     string   `json:"name"`
	MemberOf []string `json:"member_of"`
}

// A Dump is the file of the data, in pg_dump's custom format.
type Dump struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// A RefusedError says why a backup cannot be made, or be restored from, and what to
// do; nothing was changed.
type RefusedError struct{ Message string }

func (e *RefusedError) Error() string { return e.Message }

func refuse(format string, args ...any) error { return &RefusedError{fmt.Sprintf(format, args...)} }

// ReadManifest reads that of a backup's folder.
func ReadManifest(dir string) (m Manifest, err error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, refuse("%s 不是备份文件夹：其中没有 %s。", dir, manifestName)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Dump.File != dumpName {
		return m, refuse("%s 已损坏，不能用于恢复。请改用另一份备份。", filepath.Join(dir, manifestName))
	}
	if m.Format != format {
		return m, refuse("备份的格式为 %d，本程序只认识 %d。请用制作备份的版本（%s）恢复。", m.Format, format, m.Program)
	}
	return m, nil
}
