package ingest

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
)

// whole is what the rows of a file tell together. It is gathered while they are
// read, so that a large table need not be gone through again for it.
type whole struct {
	rows, mostCorners int
	ellipsoidalAreaM2 float64
	extent            geo.Extent // degrees, EPSG:4490
	areas             areaSet
}

func newWhole() whole { return whole{extent: geo.EmptyExtent()} }

func (w *whole) add(s storedShape) {
	w.rows++
	w.mostCorners = max(w.mostCorners, s.cornerCount)
	w.ellipsoidalAreaM2 += s.ellipsoidalAreaM2
	w.extent = w.extent.With(s.extent)
	w.areas.add(s.ellipsoidalAreaM2)
}

// totals are those of the dataset: as they were gathered where the rows are
// still as they were copied and nothing was there before, else from the table.
func (l *loader) totals(ctx context.Context, tx pgx.Tx) (t totals, err error) {
	w := l.whole
	// Rows that turn out invalid are mended, those without ground are held or
	// dropped, and those of one licence that contradict each other refused.
	if l.baseID == 0 && len(l.invalid) == 0 && !l.anyEmpty && l.req.layer != taohe.LayerMiningRight && w.rows > 0 {
		e := w.extent
		return totals{int64(w.rows), 0, &w.ellipsoidalAreaM2, &e.West, &e.South, &e.East, &e.North}, nil
	}
	rows, err := tx.Query(ctx, forLayer(sqlTotals, l.req.layer), pgx.StrictNamedArgs{"dataset_id": l.DatasetID})
	if err != nil {
		return t, fmt.Errorf("totals: %w", err)
	}
	if t, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[totals]); err != nil {
		return t, fmt.Errorf("totals: %w", err)
	}
	return t, nil
}

// totals of a dataset; those behind held are nil without rows.
type totals struct {
	Rows, Held               int64
	EllipsoidalAreaM2        *float64 `db:"ellipsoidal_area_m2"`
	West, South, East, North *float64
}

// An areaSet tells whether any two areas were equal, as far as 16 MB reach; of
// more it says that two may be. It knows them by their bits.
type areaSet struct {
	slots []uint64 // 0 is empty
	used  int
	// mayRepeat says that two were equal, or too many came.
	mayRepeat bool
}

const areaSetSlots = 1 << 21

func (s *areaSet) add(m2 float64) {
	bits := math.Float64bits(m2)
	if s.mayRepeat {
		return
	}
	if 4*(s.used+1) > 3*len(s.slots) && !s.grow() || bits == 0 {
		s.slots, s.mayRepeat = nil, true
		return
	}
	if !s.put(bits) {
		s.slots, s.mayRepeat = nil, true
	}
}

func (s *areaSet) grow() bool {
	if len(s.slots) == areaSetSlots {
		return false
	}
	old := s.slots
	s.slots, s.used = make([]uint64, max(1<<10, 2*len(old))), 0
	for _, bits := range old {
		if bits != 0 {
			s.put(bits)
		}
	}
	return true
}

// put says whether the area was new.
func (s *areaSet) put(bits uint64) bool {
	mask := uint64(len(s.slots) - 1)
	// Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the
	// upper bits hang on all of the area's.
	for at := bits * 0x9e3779b97f4a7c15 >> 32 & mask; ; at = (at + 1) & mask {
		switch s.slots[at] {
		case 0:
			s.slots[at] = bits
			s.used++
			return true
		case bits:
			return false
		}
	}
}
