package overlay

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/jackc/pgx/v5"
)

// Carry looks for a complete run before that was asked the same question of the
// same counties and computed by the same program and database, and takes over
// its results for the mines that nothing in which the two differ can touch: those
// are done, and the plan is left with the others. Without such a run the plan
// stays whole. The digests are those of a whole run.
func (p *Plan) Carry(ctx context.Context, tx Executor) error {
	run := pgx.StrictNamedArgs{"run_id": p.RunID}
	base, err := oneID(ctx, tx, sqlCarryBase, run)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	err = tx.QueryRow(ctx, sqlCarryMines.SQL(), with(run, "base_run_id", base)).Scan(&p.Carried)
	if err != nil {
		return fmt.Errorf("carry over from run %d: %w", base, err)
	}
	p.Mines, err = collect[Mine](ctx, tx, sqlPendingMines, run)
	return err
}

// program is the SHA-256 of every statement of the overlay: another program may
// come to other figures.
var program = sync.OnceValue(func() string {
	h := sha256.New()
	err := fs.WalkDir(sqlFS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sqlFS, name)
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
		return err
	})
	if err != nil {
		panic(err) // the files are part of the program
	}
	return fmt.Sprintf("%x", h.Sum(nil))
})
