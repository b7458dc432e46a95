package ledger

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
)

// BeforeLog asks for the ledger before its first event.
const BeforeLog = -1

// endOfLog is later than every event.
const endOfLog = math.MaxInt64

// A Moment is the ledger of a campaign as an event left it: what is made of it can
// be made again.
type Moment struct {
	// No is the campaign's last event by then, 0 where it had none.
	No     int64
	At     time.Time
	SHA256 []byte
}

// Day is the day of the event where the ledger is kept.
func (m Moment) Day() taohe.Date { return taohe.DateOf(m.At.In(beijing)) }

// MomentOf is the ledger of a campaign as the event of a number left it, as it is
// now where that is 0, and empty where it is BeforeLog. It returns ErrNotFound where the log has not come so far.
func MomentOf(ctx context.Context, db overlay.Querier, campaign string, eventNo int64) (m Moment, err error) {
	until := eventNo
	switch eventNo {
	case 0:
		until = endOfLog
	case BeforeLog:
		until = 0
	}
	var reached bool
	err = db.QueryRow(ctx, sqlMoment.SQL(), pgx.StrictNamedArgs{"campaign": campaign, "until": until}).Scan(&reached, &m.No, &m.At, &m.SHA256)
	if err != nil {
		return m, fmt.Errorf("%s: %w", sqlMoment.Name(), err)
	}
	if eventNo != 0 && !reached {
		return m, fmt.Errorf("ledger event %d: %w", eventNo, ErrNotFound)
	}
	return m, nil
}

// ItemsAt lists the items of a campaign as they were at a moment, by number; of
// one mine where licenceNo is not empty.
func ItemsAt(ctx context.Context, db overlay.Querier, campaign, licenceNo string, m Moment) ([]Item, error) {
	args := pgx.StrictNamedArgs{"campaign": campaign, "until": m.No, "licence_no": nil}
	if licenceNo != "" {
		args["licence_no"] = licenceNo
	}
	return collect[Item](ctx, db, sqlItemsAt, args)
}

// A Tally is how many items had something done about them, and on how much
// ground. What is a kind of measure or a way to close.
type Tally struct {
	What       string
	CountyCode string // empty for all counties
	Items      int
	AmountYuan float64
	// EllipsoidalAreaM2 is of the union of the ground last found as theirs; items
	// entered by hand have none.
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
}

// TallyAt counts what was done at a moment about the items of some counties and
// groups. gridded says that overlay in floating precision threw and was done on a
// grid of 0.01 mm.
func TallyAt(ctx context.Context, db pgx.Tx, campaign string, m Moment, counties []string, groups []int) (tallies []Tally, gridded bool, err error) {
	return overlay.United[Tally](ctx, db, sqlTally, pgx.StrictNamedArgs{
		"campaign": campaign, "until": m.No, "counties": counties, "groups": groups,
	})
}
