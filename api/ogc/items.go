package ogc

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pipeline"
)

// maxCounted is up to how many matches are counted; of more, numberMatched is
// left out.
const maxCounted = 100000

// A page is which features a request is answered with. The features themselves
// are read while they are written.
type page struct {
	of       *collection
	snapshot snapshot
	asked    asked
	ids      []string
	bytes    []int
	// more says that there is a page behind this one.
	more bool
	// matched is how many match in all; nil where that was not counted: see count,
	// and behind the first page, which has said it.
	matched *int
}

// items finds the page that a request asks for.
func (s *service) items(r *http.Request, c *collection) (page, error) {
	p := page{of: c}
	values := r.URL.Query()
	err := s.Pipeline.Read(r.Context(), func(tx pgx.Tx) error {
		now, err := c.snapshot(r.Context(), tx, time.Time{})
		if err != nil {
			return err
		}
		p = page{of: c, snapshot: now}
		if p.asked, err = c.readItems(values, systemsFor(now.reach)); err != nil {
			return err
		}
		if !p.asked.after.isZero() {
			if p.snapshot, err = c.snapshot(r.Context(), tx, p.asked.after.at); err != nil {
				return err
			}
		}
		if err := valid(r.Context(), tx, p.asked.shapes); err != nil {
			return err
		}
		return p.find(r.Context(), tx)
	})
	return p, err
}

// valid refuses geometries on which PostGIS would answer wrongly.
func valid(ctx context.Context, tx pgx.Tx, shapes []shape) error {
	if len(shapes) == 0 {
		return nil
	}
	var wkts []string
	for _, s := range shapes {
		wkts = append(wkts, s.wkt)
	}
	rows, err := tx.Query(ctx, sqlInvalidLiterals.SQL(), pgx.StrictNamedArgs{"wkts": wkts})
	if err != nil {
		return sqlInvalidLiterals.Named(err)
	}
	invalid, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		N      int
		Reason string
	}])
	if err != nil {
		return sqlInvalidLiterals.Named(err)
	}
	var r reading
	for _, i := range invalid {
		r.fault(shapes[i.N-1].parameter, "filter-geometry", fmt.Sprintf("第 %d 个图形无效（例如自相交），无法判断空间关系，请改正。", i.N))
	}
	return r.err()
}

// find looks the keys of the page up, and counts.
func (p *page) find(ctx context.Context, tx pgx.Tx) error {
	after, err := p.of.afterKey(p.asked.after)
	if err != nil {
		return err
	}
	source := p.of.only(p.snapshot, func(dataset int64) bool {
		first, isNumber := after["after_1"].(int64)
		return !isNumber || dataset >= first || len(p.asked.sort) > 0
	})
	rows, err := p.of.query(ctx, tx, sqlKeys, p.asked, source, after, pgx.StrictNamedArgs{"limit": p.asked.limit + 1})
	if err != nil {
		return err
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		ID    string
		Bytes int
	}])
	if err != nil {
		return sqlKeys.Named(err)
	}
	if p.more = len(keys) > p.asked.limit; p.more {
		keys = keys[:p.asked.limit]
	}
	for _, k := range keys {
		p.ids, p.bytes = append(p.ids, k.ID), append(p.bytes, k.Bytes)
	}
	if p.asked.after.isZero() {
		p.matched, err = p.count(ctx, tx)
	}
	return err
}

// count is how many features match; nil of more than maxCounted, unless all of
// a layer are wanted.
func (p *page) count(ctx context.Context, tx pgx.Tx) (*int, error) {
	switch {
	case !p.more:
		return new(len(p.ids)), nil
	case len(p.asked.want) == 0 && p.snapshot.count != nil:
		return p.snapshot.count, nil
	}
	rows, err := p.of.query(ctx, tx, sqlCount, p.asked, p.snapshot.rows, pgx.StrictNamedArgs{"limit": maxCounted + 1})
	if err != nil {
		return nil, err
	}
	matched, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
	if err != nil || matched > maxCounted {
		return nil, sqlCount.Named(err)
	}
	return &matched, nil
}

// next is the address of the following page; "" when there is none.
func (p *page) next(self *url.URL) string {
	if !p.more {
		return ""
	}
	u := *self
	q := u.Query()
	q.Set("cursor", cursor{p.snapshot.at, p.ids[len(p.ids)-1]}.String())
	u.RawQuery = q.Encode()
	return u.String()
}

// A feature as it is read: its parts are JSON.
type feature struct {
	ID         string
	Properties string
	Geometry   *string
}

// How much is read at a time: so many features, or so many bytes of shapes.
const (
	batchFeatures = 500
	batchBytes    = 1 << 20
)

// features reads the features of a page, a batch at a time. No connection is
// held while one is written.
func (s *service) features(ctx context.Context, p *page, withGeometry bool) iter.Seq2[feature, error] {
	return func(yield func(feature, error) bool) {
		for begin := 0; begin < len(p.ids); {
			end, bytes := begin, 0
			for end < len(p.ids) && end-begin < batchFeatures && (end == begin || bytes+p.bytes[end] <= batchBytes) {
				bytes += p.bytes[end]
				end++
			}
			batch, err := s.read(ctx, p, p.ids[begin:end], withGeometry)
			if err == nil && len(batch) != end-begin {
				err = fmt.Errorf("collection %s: %d of %d features are gone", p.of.id, end-begin-len(batch), end-begin)
			}
			if err != nil {
				yield(feature{}, err)
				return
			}
			for _, f := range batch {
				if !yield(f, nil) {
					return
				}
			}
			begin = end
		}
	}
}

// read reads features by their names.
func (s *service) read(ctx context.Context, p *page, ids []string, withGeometry bool) (all []feature, err error) {
	keys, err := p.of.pageKeys(ids)
	if err != nil {
		return nil, err
	}
	first, _ := keys["keys_1"].([]any)
	source := p.of.only(p.snapshot, func(dataset int64) bool { return slices.Contains(first, any(dataset)) })
	err = s.Pipeline.Read(ctx, func(tx pgx.Tx) error {
		rows, err := p.of.query(ctx, tx, sqlFeatures, asked{properties: p.asked.properties}, source, keys, pgx.StrictNamedArgs{
			"srid": p.asked.crs.SRID, "north_first": p.asked.crs.NorthFirst, "digits": p.asked.crs.digits, "with_geometry": withGeometry,
		})
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, pgx.RowToStructByName[feature])
		return sqlFeatures.Named(err)
	})
	return all, err
}

// item is one feature of a collection as it stands, as a page of its own, or
// pipeline.ErrNotFound.
func (s *service) item(r *http.Request, c *collection, id string) (page, feature, error) {
	p := page{of: c}
	var found []feature
	err := s.Pipeline.Read(r.Context(), func(tx pgx.Tx) error {
		var err error
		if p.snapshot, err = c.snapshot(r.Context(), tx, time.Time{}); err != nil {
			return err
		}
		p.asked, err = c.readItem(r.URL.Query(), systemsFor(p.snapshot.reach))
		return err
	})
	if err != nil {
		return p, feature{}, err
	}
	if _, err := c.parseID(id); err != nil {
		return p, feature{}, fmt.Errorf("feature %s: %w", strconv.Quote(id), pipeline.ErrNotFound)
	}
	if found, err = s.read(r.Context(), &p, []string{id}, true); err != nil {
		return p, feature{}, err
	}
	if len(found) == 0 {
		return p, feature{}, fmt.Errorf("feature %s: %w", id, pipeline.ErrNotFound)
	}
	return p, found[0], nil
}
