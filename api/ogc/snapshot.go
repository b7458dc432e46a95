package ogc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/overlay"
)

// A snapshot is what a collection was made of at a time: versions of a layer,
// or runs. They never change, so all pages that begin with one snapshot show
// one state.
type snapshot struct {
	at time.Time
	// rows are the arguments of the collection's statement.
	rows pgx.StrictNamedArgs
	// ground is what the features cover, nil where there are none; of findings it
	// is looked up by withGround alone. reach is ground that holds them.
	ground, reach *extent
	// first and last day that features are of; nil where none are known.
	first, last *taohe.Date
	// count is how many rows there are; nil where that is not kept.
	count *int
	// sources say in Chinese what it is made of.
	sources []string
	// versions are those of a layer.
	versions []version
}

// A version is one that a layer is made of.
type version struct {
	ID                             int64
	CountyCode, CountyName, Source string
	Vintage                        taohe.Date
	CountingRows                   int
	West, South, East, North       *float64
	FirstImagedOn, LastImagedOn    *taohe.Date
	// GeneralisedAt is when the copies were made that maps are drawn of, nil where
	// there are none, and ShapesFrom the first level that shows the rows.
	GeneralisedAt *time.Time
	ShapesFrom    *int
}

// snapshot looks up what the collection is made of, now when at is zero. A
// collection of nothing is not there: nobody has filed the layer, which is not
// to be mistaken for there being nothing on the ground.
func (c *collection) snapshot(ctx context.Context, tx pgx.Tx, at time.Time) (s snapshot, err error) {
	if at.IsZero() {
		if err := tx.QueryRow(ctx, sqlNow.SQL()).Scan(&at); err != nil {
			return s, fmt.Errorf("collection %s: %w", c.id, err)
		}
	}
	s.at = at
	if c.layer != "" {
		err = c.versions(ctx, tx, &s)
	} else {
		err = c.runs(ctx, tx, &s)
	}
	if err == nil && len(s.sources) == 0 {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return s, fmt.Errorf("collection %s: %w", c.id, err)
	}
	return s, nil
}

func (c *collection) versions(ctx context.Context, tx pgx.Tx, s *snapshot) error {
	rows, err := tx.Query(ctx, sqlCurrentDatasets.SQL(), pgx.StrictNamedArgs{"layer": c.layer, "at": s.at})
	if err != nil {
		return sqlCurrentDatasets.Named(err)
	}
	versions, err := pgx.CollectRows(rows, pgx.RowToStructByName[version])
	if err != nil {
		return sqlCurrentDatasets.Named(err)
	}
	ids, count := []int64{}, 0
	for _, v := range versions {
		ids, count = append(ids, v.ID), count+v.CountingRows
		if v.West != nil {
			s.ground = s.ground.and(&extent{*v.West, *v.South, *v.East, *v.North})
		}
		s.days(v.FirstImagedOn, v.LastImagedOn)
		s.sources = append(s.sources, fmt.Sprintf("%s（%s）%s：数据时点 %s，版本 %d", v.CountyName, v.CountyCode, sourceTitle(v.Source), v.Vintage, v.ID))
	}
	s.reach, s.count, s.versions = s.ground, &count, versions
	s.rows = pgx.StrictNamedArgs{"datasets": ids}
	return nil
}

func sourceTitle(source string) string {
	switch source {
	case "forestry":
		return "林草部门"
	case "land_survey":
		return "国土调查"
	}
	return ""
}

// days takes a stretch of days up.
func (s *snapshot) days(first, last *taohe.Date) {
	if first != nil && (s.first == nil || s.first.After(*first)) {
		s.first = first
	}
	if last != nil && (s.last == nil || last.After(*s.last)) {
		s.last = last
	}
}

func (c *collection) runs(ctx context.Context, tx pgx.Tx, s *snapshot) error {
	rows, err := tx.Query(ctx, sqlNewestRuns.SQL(), pgx.StrictNamedArgs{"at": s.at})
	if err != nil {
		return sqlNewestRuns.Named(err)
	}
	runs, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		ID                       int64
		CountyCode, CountyName   string
		West, South, East, North float64
		AsOf                     taohe.Date
		RuleSet                  string
	}])
	if err != nil {
		return sqlNewestRuns.Named(err)
	}
	type title struct {
		Title       string `json:"title"`
		ProblemType string `json:"problem_type"`
	}
	ids, counties, titles := []int64{}, []string{}, map[int64]map[string]title{}
	for _, r := range runs {
		ids, counties = append(ids, r.ID), append(counties, r.CountyCode)
		s.reach = s.reach.and(&extent{r.West, r.South, r.East, r.North})
		s.days(&r.AsOf, &r.AsOf)
		s.sources = append(s.sources, fmt.Sprintf("%s（%s）：套合 %d，截止日 %s", r.CountyName, r.CountyCode, r.ID, r.AsOf))
		if titles[r.ID] != nil {
			continue
		}
		set, err := overlay.ParseRules([]byte(r.RuleSet))
		if err != nil {
			return err
		}
		titles[r.ID] = map[string]title{}
		for _, rule := range set.Rules {
			titles[r.ID][rule.Code] = title{rule.Title, rule.ProblemType}
		}
	}
	text, err := json.Marshal(titles)
	if err != nil {
		return err
	}
	s.rows = pgx.StrictNamedArgs{"runs": ids, "counties": counties, "titles": string(text)}
	return nil
}

// withGround fills in the ground of findings, which is stored with each of them.
func (c *collection) withGround(ctx context.Context, tx pgx.Tx, s snapshot) (snapshot, error) {
	if c.layer != "" {
		return s, nil
	}
	rows, err := c.query(ctx, tx, sqlExtent, asked{}, s.rows)
	if err != nil {
		return s, err
	}
	e, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct{ West, South, East, North *float64 }])
	if err == nil && e.West != nil {
		s.ground = &extent{*e.West, *e.South, *e.East, *e.North}
	}
	return s, sqlExtent.Named(err)
}
