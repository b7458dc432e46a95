package job

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

// A File is what a job made, or, without a name, a part that failed.
type File struct {
	// LicenceNo is empty for a file of the whole job.
	LicenceNo string
	No        int
	Name      string
	Bytes     int64
	CRC32     int64  `db:"crc32"`
	SHA256    string `db:"sha256"` // in hexadecimals
	// Of the mine.
	MineName   string
	Enterprise string
	CountyCode string
	// Error is why the part failed, for those who look at it.
	Error string
}

// chunkBytes is how much of a file is held at a time by who writes or reads it.
const chunkBytes = 256 << 10

// Put stores a file of a job: the no'th of a mine, or of the job where licenceNo
// is empty.
func Put(ctx context.Context, tx pgx.Tx, id int64, licenceNo string, no int, name string, content []byte) error {
	sum := sha256.Sum256(content)
	of := pgx.StrictNamedArgs{"job_id": id, "licence_no": licenceNo, "no": no}
	file := pgx.StrictNamedArgs{"name": name, "bytes": len(content), "crc32": int64(crc32.ChecksumIEEE(content)), "sha256": sum[:]}
	for k, v := range of {
		file[k] = v
	}
	if _, err := tx.Exec(ctx, sqlPutFile.SQL(), file); err != nil {
		return sqlPutFile.Named(err)
	}
	for chunk := 0; len(content) > 0; chunk++ {
		n := min(len(content), chunkBytes)
		of["chunk"], of["content"] = chunk, content[:n]
		if _, err := tx.Exec(ctx, sqlPutChunk.SQL(), of); err != nil {
			return sqlPutChunk.Named(err)
		}
		content = content[n:]
	}
	return nil
}

// Files lists what a job made in the order of the licence numbers, and the parts
// that failed among them.
func Files(ctx context.Context, db pg.DB, id int64) ([]File, error) {
	rows, err := db.Query(ctx, sqlFiles.SQL(), pgx.StrictNamedArgs{"job_id": id})
	if err != nil {
		return nil, sqlFiles.Named(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[File])
	return all, sqlFiles.Named(err)
}

// Copy writes a file of a job, piece by piece. ErrNotFound where the job went
// meanwhile.
func Copy(ctx context.Context, db pg.DB, id int64, f File, w io.Writer) error {
	left := f.Bytes
	for chunk := 0; left > 0; chunk++ {
		var content []byte
		err := db.QueryRow(ctx, sqlChunk.SQL(), pgx.StrictNamedArgs{"job_id": id, "licence_no": f.LicenceNo, "no": f.No, "chunk": chunk}).Scan(&content)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("job %d, %s: %w", id, f.Name, ErrNotFound)
		}
		if err != nil {
			return sqlChunk.Named(err)
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
		left -= int64(len(content))
	}
	return nil
}
