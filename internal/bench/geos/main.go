// Geos overlays each mine's ground with the forest and grassland parcels whose
// boxes it meets, in memory, on one thread, by GEOS alone: what is left when
// nothing is read, stored or asked. It is a module of its own, because it needs a
// C compiler and libgeos-dev, which the program does not.
//
//	geos -dsn URL
//
// after the naive statements have left the mines' ground in naive.ground. It
// prints one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geos"
)

// pairs are a ground and the parcels near it.
type pairs struct {
	ground  *geos.Geom
	parcels []*geos.Geom
}

// result is what is printed. Areas are in the plane of degrees: the overlay is
// timed, not the measuring.
type result struct {
	BoxPairs  int     `json:"box_pairs"`
	TruePairs int     `json:"true_pairs"`
	AreaDeg2  float64 `json:"area_deg2"`
	// RawS is GEOSIntersection of each ground with each parcel that it meets.
	RawS float64 `json:"raw_s"`
	// PreparedS is the same ground in parts, prepared; covered parcels as they
	// are, the others with the part clipped to their box, all box pairs judged.
	PreparedS float64 `json:"prepared_s"`

	RawProcessorS      float64 `json:"raw_processor_s"`
	PreparedProcessorS float64 `json:"prepared_processor_s"`
}

func main() {
	dsn := flag.String("dsn", "", "database")
	flag.Parse()
	r, err := overlay(context.Background(), *dsn)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "geos:", err)
		os.Exit(1)
	}
}

func overlay(ctx context.Context, dsn string) (result, error) {
	c := geos.NewContext()
	all, err := read(ctx, c, dsn)
	if err != nil {
		return result{}, err
	}
	var r result
	met := make([][]*geos.Geom, len(all))
	for i, p := range all {
		prepared := p.ground.Prepare()
		for _, parcel := range p.parcels {
			r.BoxPairs++
			if prepared.Intersects(parcel) {
				met[i] = append(met[i], parcel)
				r.TruePairs++
			}
		}
	}
	start, worked := time.Now(), processorSeconds()
	for i, p := range all {
		for _, parcel := range met[i] {
			r.AreaDeg2 += p.ground.Intersection(parcel).Area()
		}
	}
	r.RawS, r.RawProcessorS = time.Since(start).Seconds(), processorSeconds()-worked
	start, worked = time.Now(), processorSeconds()
	var clipped float64
	for _, p := range all {
		clipped += p.inParts()
	}
	r.PreparedS, r.PreparedProcessorS = time.Since(start).Seconds(), processorSeconds()-worked
	if math.Abs(clipped/r.AreaDeg2-1) > 1e-9 {
		return r, fmt.Errorf("the two ways differ: %g and %g square degrees", clipped, r.AreaDeg2)
	}
	return r, nil
}

// processorSeconds is how long this program has been worked on.
func processorSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// clipBeyondDeg is what a box is widened by before clipping: an outline that
// runs along it is clipped wrongly.
const clipBeyondDeg = 1.6180339887e-5

// inParts is the area of the ground inside its parcels, by the shortcuts.
func (p pairs) inParts() float64 {
	var area float64
	for i := range p.ground.NumGeometries() {
		part := p.ground.Geometry(i)
		bounds, prepared := part.Bounds(), part.Prepare()
		for _, parcel := range p.parcels {
			b := parcel.Bounds()
			if b.MinX > bounds.MaxX || b.MaxX < bounds.MinX || b.MinY > bounds.MaxY || b.MaxY < bounds.MinY {
				continue
			}
			switch {
			case prepared.Covers(parcel):
				area += parcel.Area()
			case prepared.Intersects(parcel):
				near := part.ClipByRect(b.MinX-clipBeyondDeg, b.MinY-clipBeyondDeg, b.MaxX+clipBeyondDeg, b.MaxY+clipBeyondDeg)
				if !near.IsValid() {
					near = part
				}
				area += near.Intersection(parcel).Area()
			}
		}
	}
	return area
}

const pairsSQL = `
select st_asbinary(g.geom), array(
           select st_asbinary(p.geom) from forest p where p.geom && g.geom and not p.held
           union all
           select st_asbinary(p.geom) from grassland p where p.geom && g.geom and not p.held)
from naive.ground g
order by g.licence_no, g.imaged_on`

func read(ctx context.Context, c *geos.Context, dsn string) ([]pairs, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, pairsSQL)
	if err != nil {
		return nil, err
	}
	var all []pairs
	var ground []byte
	var parcels [][]byte
	_, err = pgx.ForEachRow(rows, []any{&ground, &parcels}, func() error {
		g, err := c.NewGeomFromWKB(ground)
		if err != nil {
			return err
		}
		p := pairs{ground: g}
		for _, b := range parcels {
			parcel, err := c.NewGeomFromWKB(b)
			if err != nil {
				return err
			}
			p.parcels = append(p.parcels, parcel)
		}
		all = append(all, p)
		return nil
	})
	return all, err
}
