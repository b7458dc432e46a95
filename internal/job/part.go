package job

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pg"
)

// Claim returns a part that nobody does, which is the caller's until the
// transaction ends: when its program dies, the part is pending again. ErrNoPart.
func Claim(ctx context.Context, tx pgx.Tx, id int64) (licenceNo string, err error) {
	err = tx.QueryRow(ctx, sqlClaimPart.SQL(), pgx.StrictNamedArgs{"job_id": id}).Scan(&licenceNo)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", ErrNoPart
	}
	return licenceNo, sqlClaimPart.Named(err)
}

// Try counts that a part is begun, outside the transaction that does it, and
// returns how often it was by now. Of one whose end is written nobody asks.
func Try(ctx context.Context, db pg.DB, id int64, licenceNo string) (tries int, err error) {
	err = db.QueryRow(ctx, sqlTryPart.SQL(), pgx.StrictNamedArgs{"job_id": id, "licence_no": licenceNo}).Scan(&tries)
	return tries, sqlTryPart.Named(err)
}

// Untry takes one Try back: the part was given up in good order.
func Untry(ctx context.Context, db pg.DB, id int64, licenceNo string) error {
	_, err := db.Exec(ctx, sqlUntryPart.SQL(), pgx.StrictNamedArgs{"job_id": id, "licence_no": licenceNo})
	return sqlUntryPart.Named(err)
}

// EndPart writes the end of a part that tx has claimed: done, or failed for what
// why says. It returns how far the job is; ErrOver where it was cancelled.
func EndPart(ctx context.Context, tx pgx.Tx, id int64, licenceNo, why string) (p Progress, err error) {
	var reason *string
	if why != "" {
		reason = &why
	}
	err = tx.QueryRow(ctx, sqlEndPart.SQL(), pgx.StrictNamedArgs{"job_id": id, "licence_no": licenceNo, "error": reason}).
		Scan(&p.Done, &p.Failed, &p.Total)
	return p, over(sqlEndPart, err)
}

// Progress is how many parts are done.
type Progress struct{ Done, Failed, Total int }
