package ingest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pg"
)

// A County is an administrative area that files data, as data: any ground can
// be registered.
type County struct {
	Code string `db:"code"`
	Name string `db:"name"`
	// The extent is a box in degrees, EPSG:4490.
	West  float64 `db:"west"`
	South float64 `db:"south"`
	East  float64 `db:"east"`
	North float64 `db:"north"`
}

func (c County) box() geo.Extent {
	return geo.Extent{West: c.West, South: c.South, East: c.East, North: c.North}
}

var countyCodeForm = regexp.MustCompile(`^[0-9]{6}$`)

// Holds reports whether a point lies in the county's box or within 20 km of it.
func (c County) Holds(lonDeg, latDeg float64) bool {
	return c.ground().Contains(lonDeg, latDeg)
}

// ground is where the county's data may lie.
func (c County) ground() geo.Extent { return c.box().Grow(geo.ExtentMarginM) }

// Executor is what writing needs of a pool or transaction.
type Executor interface {
	Querier
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// PutCounty registers a county, or changes the name and extent of one. Faults
// come back as a *RequestError.
func PutCounty(ctx context.Context, db Executor, c County) error {
	var faults []Fault
	if !countyCodeForm.MatchString(c.Code) {
		faults = append(faults, Fault{"code", "bad-county-code", "旗区代码应为六位数字，例如 150621。"})
	}
	if strings.TrimSpace(c.Name) == "" {
		faults = append(faults, Fault{"name", "missing-name", "请填写旗区名称。"})
	}
	// Written so that NaN is refused too.
	if !(c.West < c.East && c.South < c.North && c.West >= -180 && c.East <= 180 && c.South >= -90 && c.North <= 90) {
		faults = append(faults, Fault{"extent", "bad-extent", "范围应为经纬度“西,南,东,北”，例如 109,40,110.75,40.5。"})
	}
	if len(faults) > 0 {
		return &RequestError{Faults: faults}
	}
	_, err := db.Exec(ctx, sqlPutCounty.SQL(), pgx.StrictNamedArgs{
		"code": c.Code, "name": strings.TrimSpace(c.Name), "west": c.West, "south": c.South, "east": c.East, "north": c.North,
	})
	if err != nil {
		return fmt.Errorf("put county %s: %w", c.Code, err)
	}
	return nil
}

// GetCounty returns the county of that code, or ErrNotFound.
func GetCounty(ctx context.Context, db Querier, code string) (County, error) {
	return oneCounty(ctx, db, sqlGetCounty, code)
}

// LockCounty is GetCounty of a county that nobody else is to change until the
// transaction ends.
func LockCounty(ctx context.Context, tx pgx.Tx, code string) (*County, error) {
	c, err := oneCounty(ctx, tx, sqlLockCounty, code)
	return &c, err
}

func oneCounty(ctx context.Context, db Querier, s pg.Statement, code string) (County, error) {
	rows, err := db.Query(ctx, s.SQL(), pgx.StrictNamedArgs{"code": code})
	if err != nil {
		return County{}, fmt.Errorf("county %s: %w", code, err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[County])
	if errors.Is(err, pgx.ErrNoRows) {
		return County{}, fmt.Errorf("county %s: %w", code, ErrNotFound)
	}
	if err != nil {
		return County{}, fmt.Errorf("county %s: %w", code, err)
	}
	return c, nil
}

// Counties lists the registered counties by code.
func Counties(ctx context.Context, db Querier) ([]County, error) {
	rows, err := db.Query(ctx, sqlListCounties.SQL())
	if err != nil {
		return nil, fmt.Errorf("list counties: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[County])
}
