package ledger

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
)

// An Event is one line of the log. Body is what its hash is over.
type Event struct {
	No       int64
	At       time.Time
	Campaign string
	ItemID   *int64
	Kind     string
	Actor    string
	Body     string
	SHA256   []byte `db:"sha256"`
}

// An EventLine is an event as other systems get it.
type EventLine struct {
	No     int64     `json:"no"`
	At     time.Time `json:"at"`
	ItemID *int64    `json:"item_id"`
	Kind   string    `json:"kind" doc:"事项，见 docs/glossary.md"`
	Actor  string    `json:"actor" doc:"经办人"`
	Note   string    `json:"note"`
	SHA256 string    `json:"sha256" doc:"前一事件的 SHA-256（32 字节）连同 body 的 SHA-256"`
	// Body is what the hash is over, as text.
	Body string `json:"body" doc:"事件全文（规范 JSON 文本）：state 为问题变动后的样子，row 为新增的记录"`
}

// Line is the event as other systems get it.
func (e Event) Line() EventLine {
	return EventLine{
		No: e.No, At: e.At.UTC(), ItemID: e.ItemID, Kind: e.Kind, Actor: e.Actor, Note: e.Note(), SHA256: hex.EncodeToString(e.SHA256), Body: e.Body,
	}
}

// Events lists events after a number, of one item when itemID is not 0, of all
// campaigns when campaign is empty.
func Events(ctx context.Context, db overlay.Querier, campaign string, itemID, after int64, limit int) ([]Event, error) {
	args := pgx.StrictNamedArgs{"campaign": nil, "item_id": nil, "after": after, "max_rows": limit}
	if campaign != "" {
		args["campaign"] = campaign
	}
	if itemID != 0 {
		args["item_id"] = itemID
	}
	return collect[Event](ctx, db, sqlEvents, args)
}

// A TakenMeasure is a measure with the event that noted it.
type TakenMeasure struct {
	EventNo    int64
	Kind       string
	Number     string
	TakenOn    taohe.Date
	AmountYuan *float64
	Authority  string
}

// MeasuresAt lists the measures that had been taken on an item at a moment.
func MeasuresAt(ctx context.Context, db overlay.Querier, itemID int64, m Moment) ([]TakenMeasure, error) {
	return collect[TakenMeasure](ctx, db, sqlMeasures, pgx.StrictNamedArgs{"item_id": itemID, "until": m.No})
}

// A Proposal is one to close an item, as it was made.
type Proposal struct {
	EventNo        int64
	Cycle          int
	CloseAs        Way
	ProposedBy     string
	SettledOn      taohe.Date
	Evidence       Evidence
	MeasuredRun    *int64
	BaseImagedOn   taohe.Date
	NewestImagedOn *taohe.Date
	GroundM2       *float64 `db:"ground_m2"`
	RectifiedM2    *float64 `db:"rectified_m2"`
	RemainingM2    *float64 `db:"remaining_m2"`
	NotObservedM2  *float64 `db:"not_observed_m2"`
	GrownM2        *float64 `db:"grown_m2"`
	MovedM2        *float64 `db:"moved_m2"`
}

// Measurement is what the later images showed when the proposal was made, if it
// was measured.
func (p Proposal) Measurement(itemID int64, c Campaign) (Measurement, bool) {
	if p.MeasuredRun == nil {
		return Measurement{}, false
	}
	m := Measurement{
		ItemID: itemID, RunID: *p.MeasuredRun, BaseImagedOn: p.BaseImagedOn, GroundM2: *p.GroundM2, RectifiedM2: *p.RectifiedM2,
		RemainingM2: *p.RemainingM2, NotObservedM2: *p.NotObservedM2, GrownM2: *p.GrownM2, MovedM2: *p.MovedM2,
	}
	if p.NewestImagedOn != nil {
		m.NewestImagedOn = *p.NewestImagedOn
	}
	m.Verdict = m.verdict(c.Thresholds.CloseToleranceM2)
	return m, true
}

// Proposals lists the proposals to close an item, the newest last.
func Proposals(ctx context.Context, db overlay.Querier, itemID int64) ([]Proposal, error) {
	return collect[Proposal](ctx, db, sqlProposals, pgx.StrictNamedArgs{"item_id": itemID})
}

// A Visit is a field check with the event that noted it.
type Visit struct {
	EventNo     int64
	CheckedOn   taohe.Date
	Officers    string
	CorrectedM2 *float64 `db:"corrected_m2"`
	Longitude   *float64
	Latitude    *float64
}

// A Photograph is what is kept of one, beside its bytes.
type Photograph struct {
	EventNo      int64
	FieldCheckNo *int64
	FileName     string
	FileSHA256   string `db:"file_sha256"`
	JPEGSHA256   string `db:"jpeg_sha256"`
	Bytes        int
	Width        int
	Height       int
	TakenAt      *time.Time
	Longitude    *float64
	Latitude     *float64
}

// A Sighting is what a run found of an item.
type Sighting struct {
	EventNo           int64
	Cycle             int
	SeenInRun         int64
	AsOf              taohe.Date
	Found             bool
	ImagedOn          *taohe.Date
	EllipsoidalAreaM2 float64 `db:"ellipsoidal_area_m2"`
	GainedM2          float64 `db:"gained_m2"`
	LostM2            float64 `db:"lost_m2"`
}

// A Dossier is an item with all that is known of it.
type Dossier struct {
	Item        Item
	Sightings   []Sighting
	Measures    []TakenMeasure
	Visits      []Visit
	Photographs []Photograph
	Proposals   []Proposal
	Events      []Event
}

// maxEvents is how many events of one item are shown.
const maxEvents = 10_000

// GetDossier returns an item with all that is known of it, or ErrNotFound.
func GetDossier(ctx context.Context, db overlay.Querier, id int64) (d Dossier, err error) {
	if d.Item, err = GetItem(ctx, db, id); err != nil {
		return d, err
	}
	of := pgx.StrictNamedArgs{"item_id": id}
	if d.Sightings, err = collect[Sighting](ctx, db, sqlSightings, of); err != nil {
		return d, err
	}
	if d.Measures, err = MeasuresAt(ctx, db, id, Moment{No: endOfLog}); err != nil {
		return d, err
	}
	if d.Visits, err = collect[Visit](ctx, db, sqlVisits, of); err != nil {
		return d, err
	}
	if d.Photographs, err = collect[Photograph](ctx, db, sqlPhotographs, of); err != nil {
		return d, err
	}
	if d.Proposals, err = Proposals(ctx, db, id); err != nil {
		return d, err
	}
	d.Events, err = Events(ctx, db, "", id, 0, maxEvents)
	return d, err
}

// Note is what somebody said with an event.
func (e Event) Note() string {
	var body struct {
		Note    string
		Details struct{ Reason string }
		State   struct{ Reason string }
	}
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		return ""
	}
	switch {
	case body.Note != "":
		return body.Note
	case body.Details.Reason != "":
		return body.Details.Reason
	case e.Kind == "dismissed" || e.Kind == "reopened":
		return body.State.Reason
	}
	return ""
}
