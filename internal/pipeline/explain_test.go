package pipeline_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

// Every finding of the sample county can be explained: its sums add up as they
// are printed, the corners of its parts give their plane area back, and what is
// said of each approval agrees with where the finding lies.
func TestExplain(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p)
	lines, err := p.Mines(t.Context(), run.ID, "", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]int{}
	for _, l := range lines {
		r, err := p.Report(t.Context(), run.ID, l.LicenceNo)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			e, err := p.Explain(t.Context(), f.ID)
			if err != nil {
				t.Fatalf("%s: %v", f.ID, err)
			}
			if e.ID != f.ID || e.Statement != f.Statement || e.RunDigest != run.Digest || e.Run.MineDigest != r.Run.MineDigest || len(e.Licence) == 0 {
				t.Errorf("%s: %+v", f.ID, e)
			}
			checkSums(t, f, e)
			checkApprovals(t, e, met)
			rows, err := pool.Query(t.Context(), `select geom from run_finding_part where run_id = $1 and licence_no = $2 and rule_code = $3 order by part_no`, run.ID, l.LicenceNo, f.Rule)
			if err != nil {
				t.Fatal(err)
			}
			shapes, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
			if err != nil {
				t.Fatal(err)
			}
			checkCorners(t, e, shapes, met)
			var text bytes.Buffer
			if err := report.WriteExplanation(&text, e); err != nil {
				t.Fatal(err)
			}
			for _, want := range append([]string{f.ID, "疑似", e.Rule.Definition, f.Citations[0].FileSHA256, run.Digest, e.Rule.Basis[0], m.AsOf.String()}, e.Mine.ValidTo.String()) {
				if !strings.Contains(text.String(), want) {
					t.Errorf("%s: the text does not say %q", f.ID, want)
				}
			}
		}
	}
	for _, what := range []string{"counts", "does not count", "corners"} {
		if met[what] == 0 {
			t.Errorf("the sample has nothing to test %q", what)
		}
	}
	t.Logf("%v", met)
	for _, id := range []string{"", "x", "1", "1-2", "999-C1599002010061120120037-unapproved", "1-C1599002010061120120037-no_such_rule"} {
		if _, err := p.Explain(t.Context(), id); !errors.Is(err, pipeline.ErrNotFound) {
			t.Errorf("finding %q: %v", id, err)
		}
	}
}

// cents are printed figures as whole hundredths.
func cents(v float64) int64 { return int64(math.Round(v * 100)) }

func checkSums(t *testing.T, f report.Finding, e *report.Explanation) {
	t.Helper()
	if e.Sums[0].Whole.Mu != f.Mu || e.Sums[0].Whole.EllipsoidalAreaM2 != f.EllipsoidalAreaM2 {
		t.Errorf("%s: the parts are of %.2f mu, the finding of %.2f", f.ID, e.Sums[0].Whole.Mu, f.Mu)
	}
	for _, s := range e.Sums {
		var mu, m2 int64
		for _, term := range s.Terms {
			mu, m2 = mu+cents(term.Mu), m2+cents(term.EllipsoidalAreaM2)
		}
		if mu != cents(s.Whole.Mu) || m2 != cents(s.Whole.EllipsoidalAreaM2) {
			t.Errorf("%s: %s %.2f mu, its terms %.2f", f.ID, s.Title, s.Whole.Mu, float64(mu)/100)
		}
	}
}

// An approval in force on the only image covers nothing of ground that is found
// to have none; one that is said not to count has not made it approved.
func checkApprovals(t *testing.T, e *report.Explanation, met map[string]int) {
	t.Helper()
	classes := []string{"unapproved", "over_occupied", "displaced", "expired", "illegal_construction"}
	for _, a := range e.Approvals {
		land := a.Kind == "temporary_land" || a.Kind == "construction_land"
		for _, v := range a.Verdicts {
			if v.Counts {
				met["counts"]++
			} else {
				met["does not count"]++
			}
			if v.Reason == "" {
				t.Errorf("%s: approval %s without a reason", e.ID, a.ApprovalNo)
			}
		}
		if len(a.Verdicts) == 1 && a.Verdicts[0].Counts && land && slices.Contains(classes, e.Rule.Code) && a.OfFinding.EllipsoidalAreaM2 > 0.01 {
			t.Errorf("%s: approval %s is in force and covers %.2f m² of it", e.ID, a.ApprovalNo, a.OfFinding.EllipsoidalAreaM2)
		}
	}
}

// The corners, joined by lines that are straight in the system each names, give
// the area of the part in the plane to a centimetre along its outline.
func checkCorners(t *testing.T, e *report.Explanation, shapes [][]byte, met map[string]int) {
	t.Helper()
	if len(e.Parts) != len(shapes) {
		t.Fatalf("%s: %d parts, %d stored", e.ID, len(e.Parts), len(shapes))
	}
	for i, part := range e.Parts {
		g, err := ewkb.Unmarshal(shapes[i])
		if err != nil {
			t.Fatal(err)
		}
		polygon := g.(*geom.Polygon)
		whole := geom.NewMultiPolygon(geom.XY)
		if err := whole.Push(polygon); err != nil {
			t.Fatal(err)
		}
		zone := geo.GaussKruger3Degree(part.Rings[0][0].Lon)
		if zone.Name != part.PlanarCRS {
			continue // the licence is in the next zone
		}
		var area, outline float64
		stored := 0
		for k, ring := range part.Rings {
			sum := 0.0
			for j, c := range ring {
				d := ring[(j+1)%len(ring)]
				along := pointsOfEdge(t, c, d, zone)
				for n := range along[1:] {
					a, b := along[n], along[n+1]
					sum += ((a[0]-along[0][0])*(b[1]-along[0][1]) - (b[0]-along[0][0])*(a[1]-along[0][1])) / 2
				}
				sum += ((c.YM-ring[0].YM)*(d.XM-ring[0].XM) - (d.YM-ring[0].YM)*(c.XM-ring[0].XM)) / 2
				outline += math.Hypot(c.XM-d.XM, c.YM-d.YM)
				met["edge in "+c.EdgeIn]++
				lon, lat := zone.Inverse(c.YM, c.XM)
				if math.Abs(lon-c.Lon)+math.Abs(lat-c.Lat) > 2e-8 || c.LonDMS != geo.FormatDMS(c.Lon) && math.Abs(c.Lon*36e6-math.Round(c.Lon*36e6)) < 0.4 {
					t.Errorf("%s: corner %+v is at %.9f %.9f", e.ID, c, lon, lat)
				}
			}
			if k == 0 {
				area += math.Abs(sum)
			} else {
				area -= math.Abs(sum)
				met["hole"]++
			}
			stored += polygon.LinearRing(k).NumCoords() - 1
			met["corners"] += len(ring)
		}
		if want := geo.PlanarAreaM2(whole, zone); math.Abs(area-want) > 0.011*outline {
			t.Errorf("%s part %d: %.3f m² by its corners, %.3f stored", e.ID, part.No, area, want)
		}
		if n := met["corners"]; n == 0 || len(part.Rings[0]) > stored {
			t.Errorf("%s part %d: %d corners of %d vertices", e.ID, part.No, len(part.Rings[0]), stored)
		}
	}
}

// pointsOfEdge are points in the plane of a zone along the edge from a corner to
// the next, straight in the system it names.
func pointsOfEdge(t *testing.T, c, d report.Corner, zone geo.CRS) [][2]float64 {
	t.Helper()
	geographic, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		t.Fatal(err)
	}
	systems := []geo.CRS{zone, geo.GaussKruger3Degree(zone.CentralMeridianDeg - 3), geo.GaussKruger3Degree(zone.CentralMeridianDeg + 3), geographic}
	at := slices.IndexFunc(systems, func(s geo.CRS) bool { return s.Name == c.EdgeIn })
	if at < 0 {
		t.Fatalf("an edge is straight in %q", c.EdgeIn)
	}
	in := systems[at]
	x0, y0, x1, y1 := c.Lon, c.Lat, d.Lon, d.Lat
	if in.Projected {
		x0, y0 = in.Forward(x0, y0)
		x1, y1 = in.Forward(x1, y1)
	}
	var out [][2]float64
	const pieces = 200
	for k := range pieces + 1 {
		f := float64(k) / pieces
		x, y := x0+f*(x1-x0), y0+f*(y1-y0)
		if in.Projected {
			x, y = in.Inverse(x, y)
		}
		east, north := zone.Forward(x, y)
		out = append(out, [2]float64{east, north})
	}
	return out
}
