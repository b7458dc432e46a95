package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/chain"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/overlay"
)

// A Break is where what is stored is not what was written.
type Break struct {
	// EventNo or RunID says where, the other is 0; both are for an event that keeps
	// another seal of a run.
	EventNo, RunID int64
	// What is wrong, in English, for those who look into it.
	What string
}

func (b Break) String() string {
	switch {
	case b.RunID == 0:
		return fmt.Sprintf("event %d: %s", b.EventNo, b.What)
	default:
		return fmt.Sprintf("run %d: %s", b.RunID, b.What)
	}
}

// A Verification is what was looked at and what is wrong.
type Verification struct {
	Events int64
	// Head is the hash of the last event: who prints it can prove later that
	// nothing before it was written anew.
	Head string
	Runs int
	// Foreign are runs whose digest another program took: their seal is held, the
	// digest cannot be taken anew.
	Foreign []int64
	// Breaks are the first in the log, and all of the runs.
	Breaks []Break
}

// VerifyLog recomputes the chain and holds every table of the ledger against it;
// it adds the first break.
func (v *Verification) VerifyLog(ctx context.Context, db overlay.Querier) error {
	broken, err := v.chain(ctx, db)
	if err != nil {
		return err
	}
	if broken != nil {
		// Of a log that is not whole, nothing can be held against the tables.
		v.Breaks = append(v.Breaks, *broken)
		return nil
	}
	var b Break
	var relation string
	var item int64
	err = db.QueryRow(ctx, sqlVerifyRows.SQL()).Scan(&relation, &b.EventNo, &item)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", sqlVerifyRows.Name(), err)
	}
	b.What = relation + " is not what the event says"
	if item != 0 {
		b.What += fmt.Sprintf(", item %d", item)
	}
	v.Breaks = append(v.Breaks, b)
	return nil
}

// chain goes through the log, and returns the first break.
func (v *Verification) chain(ctx context.Context, db overlay.Querier) (*Break, error) {
	rows, err := db.Query(ctx, sqlVerifyEvents.SQL())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sqlVerifyEvents.Name(), err)
	}
	defer rows.Close()
	before := chain.Start()
	for rows.Next() {
		e, err := pgx.RowToStructByName[Event](rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sqlVerifyEvents.Name(), err)
		}
		v.Events++
		what := ""
		switch {
		case e.No != v.Events:
			return &Break{EventNo: v.Events, What: fmt.Sprintf("is missing; %d follows", e.No)}, nil
		case !bytes.Equal(e.SHA256, chain.Next(before, []byte(e.Body))):
			what = "its hash is not that of its body over the event before"
		default:
			what = e.unlike()
		}
		if what != "" {
			return &Break{EventNo: e.No, What: what}, nil
		}
		before = e.SHA256
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", sqlVerifyEvents.Name(), err)
	}
	v.Head = hex.EncodeToString(before)
	var no int64
	var sum []byte
	var one bool
	err = db.QueryRow(ctx, sqlVerifyHead.SQL()).Scan(&no, &sum, &one)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return &Break{EventNo: v.Events, What: "the log says nowhere that it ends here"}, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", sqlVerifyHead.Name(), err)
	case no != v.Events || !bytes.Equal(sum, before) || !one:
		return &Break{EventNo: v.Events, What: fmt.Sprintf("is the last, and the log says that it ends with %d", no)}, nil
	}
	return nil, nil //nolint:nilnil // no break is no error
}

// unlike says which column beside the body says otherwise than it.
func (e Event) unlike() string {
	var body struct {
		No       int64
		At       string
		Campaign string
		Item     *int64
		Kind     string
		Actor    string
	}
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		return "its body is not JSON"
	}
	sameItem := body.Item == nil && e.ItemID == nil || body.Item != nil && e.ItemID != nil && *body.Item == *e.ItemID
	for column, same := range map[string]bool{
		"no": body.No == e.No, "at": body.At == e.At.UTC().Format(atLayout), "campaign": body.Campaign == e.Campaign,
		"item_id": sameItem, "kind": body.Kind == e.Kind, "actor": body.Actor == e.Actor,
	} {
		if !same {
			return "its " + column + " is not what its body says"
		}
	}
	return ""
}

type storedRun struct {
	ID         int64
	AsOf       taohe.Date
	RuleSet    string
	Digest     string
	Program    string
	KeptSeal   string
	KeptDigest string
}

// VerifyRuns takes the seals and digests of all complete runs anew from what is
// stored, and adds every break.
func (v *Verification) VerifyRuns(ctx context.Context, tx pgx.Tx) error {
	return v.runs(ctx, tx, func(r storedRun, sealed bool) error { return v.digest(ctx, tx, r, sealed) })
}

// VerifySeals is VerifyRuns without the digests, which take as long as reading
// every mine.
func (v *Verification) VerifySeals(ctx context.Context, tx pgx.Tx) error {
	return v.runs(ctx, tx, func(storedRun, bool) error { return nil })
}

func (v *Verification) runs(ctx context.Context, tx pgx.Tx, then func(r storedRun, sealed bool) error) error {
	runs, err := collect[storedRun](ctx, tx, sqlVerifyRuns, nil)
	if err != nil {
		return err
	}
	intact := make(map[int64]bool) // runs before, so also those that one rests on
	for _, r := range runs {
		v.Runs++
		sealed, err := v.seal(ctx, tx, r)
		if err == nil {
			intact[r.ID], err = v.restsOn(ctx, tx, r, intact)
			intact[r.ID] = intact[r.ID] && sealed
		}
		if err == nil {
			err = then(r, intact[r.ID])
		}
		if err != nil {
			return fmt.Errorf("run %d: %w", r.ID, err)
		}
	}
	rows, err := tx.Query(ctx, sqlGoneRuns.SQL())
	if err != nil {
		return fmt.Errorf("%s: %w", sqlGoneRuns.Name(), err)
	}
	gone, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("%s: %w", sqlGoneRuns.Name(), err)
	}
	for _, id := range gone {
		v.Breaks = append(v.Breaks, Break{RunID: id, What: "is not there, and what rests on it is"})
	}
	return nil
}

func (v *Verification) broken(r storedRun, format string, args ...any) {
	v.Breaks = append(v.Breaks, Break{RunID: r.ID, What: fmt.Sprintf(format, args...)})
}

// seal holds a run's tables against their seals, and those against the log; it
// reports whether the tables are as they were.
func (v *Verification) seal(ctx context.Context, tx pgx.Tx, r storedRun) (bool, error) {
	of := pgx.StrictNamedArgs{"run_id": r.ID}
	var relations []string
	err := pg.InTx(ctx, tx, func(inner pgx.Tx) error {
		rows, err := inner.Query(ctx, sqlVerifySeals.SQL(), of)
		if err != nil {
			return err
		}
		relations, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) { // a seal of no table, or of no column
		v.broken(r, "its seals cannot be read: %v", err)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", sqlVerifySeals.Name(), err)
	}
	for _, relation := range relations {
		if relation == "" {
			v.broken(r, "has no seal")
			continue
		}
		v.broken(r, "%s is not what it was when the run was complete", relation)
	}
	if r.KeptSeal == "" {
		return len(relations) == 0, nil
	}
	var seal string
	if err := tx.QueryRow(ctx, sqlSeal.SQL(), of).Scan(&seal); err != nil {
		return false, fmt.Errorf("%s: %w", sqlSeal.Name(), err)
	}
	if seal != r.KeptSeal || r.Digest != r.KeptDigest {
		v.broken(r, "its seal or digest is not what the ledger's log keeps")
	}
	return len(relations) == 0, nil
}

// restsOn looks whether the runs that hold what a run shows are as they were when
// it was complete.
func (v *Verification) restsOn(ctx context.Context, tx pgx.Tx, r storedRun, intact map[int64]bool) (bool, error) {
	type other struct {
		ComputedInRunID int64 `db:"computed_in_run_id"`
		Same            bool
	}
	others, err := collect[other](ctx, tx, sqlRestsOn, pgx.StrictNamedArgs{"run_id": r.ID})
	if err != nil {
		return false, err
	}
	all := true
	for _, o := range others {
		if !o.Same || !intact[o.ComputedInRunID] {
			v.broken(r, "shows mines of run %d, which is not what it was when this one was complete", o.ComputedInRunID)
			all = false
		}
	}
	return all, nil
}

func (v *Verification) digest(ctx context.Context, tx pgx.Tx, r storedRun, sealed bool) error {
	var differing []string
	// What was tampered with need not be readable; the others are looked at still.
	err := pg.InTx(ctx, tx, func(inner pgx.Tx) (err error) {
		differing, err = v.digests(ctx, inner, r)
		return err
	})
	switch {
	case err != nil:
		v.broken(r, "cannot be read: %v", err)
	case len(differing) == 0:
	case r.Program != overlay.Program() && sealed:
		v.Foreign = append(v.Foreign, r.ID)
	default:
		v.broken(r, "digests that its stored findings do not have: %s", strings.Join(differing, ", "))
	}
	return ctx.Err()
}

// digests names the mines of a run whose digest is not that of what is stored of
// them, and the run itself.
func (v *Verification) digests(ctx context.Context, db overlay.Querier, r storedRun) ([]string, error) {
	rules, err := overlay.ParseRules([]byte(r.RuleSet))
	if err != nil {
		return nil, err
	}
	type mine struct{ LicenceNo, Status, Digest string }
	of := pgx.StrictNamedArgs{"run_id": r.ID}
	mines, err := collect[mine](ctx, db, sqlVerifyMines, of)
	if err != nil {
		return nil, err
	}
	var differing []string
	for _, m := range mines {
		if m.Status != "done" {
			continue
		}
		result, err := overlay.LoadResult(ctx, db, r.ID, m.LicenceNo)
		if err != nil {
			return nil, err
		}
		text, err := result.Canonical(rules, r.AsOf)
		if err != nil {
			return nil, err
		}
		if fmt.Sprintf("%x", sha256.Sum256(text)) != m.Digest {
			differing = append(differing, "mine "+m.LicenceNo)
		}
	}
	var whole string
	if err := db.QueryRow(ctx, sqlRunDigest.SQL(), of).Scan(&whole); err != nil {
		return nil, fmt.Errorf("%s: %w", sqlRunDigest.Name(), err)
	}
	if whole != r.Digest {
		differing = append(differing, "the run")
	}
	return differing, nil
}
