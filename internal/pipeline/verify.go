package pipeline

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ledger"
)

// Verify recomputes the ledger's chain, and the seals and digests of runs from
// what is stored of them, all of one moment.
func (p *Pipeline) Verify(ctx context.Context) (v ledger.Verification, err error) {
	of := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, p.pool, of, func(tx pgx.Tx) error {
		if err := v.VerifyLog(ctx, tx); err != nil {
			return err
		}
		return v.VerifyRuns(ctx, tx)
	})
	return v, err
}
