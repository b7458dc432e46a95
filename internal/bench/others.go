package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// What others overlay is what the naive statements leave in naive.ground with
// all forest and grassland parcels that it meets: 1e-9 of the ground in the plane
// of degrees is what their answers may differ by.

// geosProgram builds the overlay by GEOS alone, a module of its own, into a
// folder; why says why it cannot be built.
func geosProgram(ctx context.Context, folder string) (program, why string) {
	root, _, err := output(ctx, "go", "env", "GOMOD")
	if err != nil {
		return "", "there is no go command to build it with"
	}
	program = filepath.Join(folder, "geos")
	source := filepath.Join(filepath.Dir(strings.TrimSpace(string(root))), "internal", "bench", "geos")
	cmd := exec.CommandContext(ctx, "go", "build", "-C", source, "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return "", "it needs the sources, a C compiler and libgeos-dev: " + first
	}
	return program, ""
}

// geosResult is what the program prints.
type geosResult struct {
	BoxPairs  int     `json:"box_pairs"`
	TruePairs int     `json:"true_pairs"`
	AreaDeg2  float64 `json:"area_deg2"`
	RawS      float64 `json:"raw_s"`
	PreparedS float64 `json:"prepared_s"`

	RawProcessorS      float64 `json:"raw_processor_s"`
	PreparedProcessorS float64 `json:"prepared_processor_s"`
}

func runGEOS(ctx context.Context, program string, db Database) (geosResult, error) {
	out, _, err := output(ctx, program, "-dsn", db.DSN)
	if err != nil {
		return geosResult{}, err
	}
	var r geosResult
	return r, json.Unmarshal(out, &r)
}

// output runs a program and returns what it prints and took.
func output(ctx context.Context, program string, args ...string) ([]byte, took, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	start := time.Now()
	out, err := cmd.Output()
	if err != nil {
		return nil, took{}, fmt.Errorf("%s: %w: %.500s", filepath.Base(program), err, complaint.String())
	}
	return out, took{time.Since(start).Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()}, nil
}

// A desktop is what a GIS on a desk has before it: the ground and the parcels in
// a GeoPackage with its index.
type desktop struct {
	folder string
	// areaDeg2 is what all pieces come to.
	areaDeg2 float64
}

const piecesSQL = `
select sum(st_area(st_intersection(g.geom, p.geom)))
from naive.ground g
join lateral (
    select geom from forest p where not p.held and st_intersects(g.geom, p.geom)
    union all
    select geom from grassland p where not p.held and st_intersects(g.geom, p.geom)
) p on true`

// newDesktop writes the files, by ogr2ogr; why says why it cannot.
func newDesktop(ctx context.Context, db Database, folder string) (d *desktop, why string, err error) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		return nil, "ogr2ogr is not installed", nil
	}
	d = &desktop{folder: folder}
	if err := db.Pool.QueryRow(ctx, piecesSQL).Scan(&d.areaDeg2); err != nil {
		return nil, "", err
	}
	cfg := db.Pool.Config().ConnConfig
	from := fmt.Sprintf("PG:host=%s port=%d user=%s dbname=%s", cfg.Host, cfg.Port, cfg.User, cfg.Database)
	for i, layer := range [][2]string{
		{"ground", `select licence_no, st_multi(geom)::geometry(MultiPolygon, 4490) as geom from naive.ground`},
		{"parcel", `select 'forest' as layer, land_code, geom from forest where not held union all select 'grassland', land_code, geom from grassland where not held`},
	} {
		args := []string{"-f", "GPKG", d.file("in"), from, "-nln", layer[0], "-sql", layer[1]}
		if i > 0 {
			args = append(args, "-update")
		}
		if _, _, err := output(ctx, "ogr2ogr", args...); err != nil {
			return nil, "", err
		}
	}
	return d, "", nil
}

func (d *desktop) file(name string) string { return filepath.Join(d.folder, name+".gpkg") }

// spatialite overlays by SQL of SpatiaLite, the index first.
func (d *desktop) spatialite(ctx context.Context) (took, error) {
	const sql = `
select g.licence_no, p.layer, p.land_code, st_intersection(g.geom, p.geom) as geom
from ground g
cross join rtree_parcel_geom i
    on i.minx <= st_maxx(g.geom) and i.maxx >= st_minx(g.geom) and i.miny <= st_maxy(g.geom) and i.maxy >= st_miny(g.geom)
cross join parcel p on p.fid = i.id
where st_intersects(g.geom, p.geom)`
	return d.timed(ctx, "spatialite", "ogr2ogr", "-f", "GPKG", d.file("spatialite"), d.file("in"), "-nln", "hit", "-nlt", "GEOMETRY", "-sql", sql)
}

// qgis overlays by QGIS's own intersection.
func (d *desktop) qgis(ctx context.Context) (took, error) {
	return d.timed(ctx, "qgis", "qgis_process", "run", "native:intersection", "--",
		"INPUT="+d.file("in")+"|layername=ground", "OVERLAY="+d.file("in")+"|layername=parcel",
		"OUTPUT=ogr:dbname="+d.file("qgis")+` table="hit" (geom)`)
}

// timed runs a program and holds the pieces it wrote against what they come to.
func (d *desktop) timed(ctx context.Context, name, program string, args ...string) (took, error) {
	if err := os.RemoveAll(d.file(name)); err != nil {
		return took{}, err
	}
	_, t, err := output(ctx, program, args...)
	if err != nil {
		return took{}, err
	}
	out, _, err := output(ctx, "ogrinfo", "-q", d.file(name), "-sql", "select sum(st_area(geom)) as a from hit")
	if err != nil {
		return took{}, err
	}
	var area float64
	_, text, _ := strings.Cut(string(out), "a (Real) = ")
	if _, err := fmt.Sscan(text, &area); err != nil {
		return took{}, fmt.Errorf("%s: area of what it wrote: %w", name, err)
	}
	if math.Abs(area/d.areaDeg2-1) > relativeTolerance {
		return took{}, fmt.Errorf("%s: pieces of %g square degrees, want %g", name, area, d.areaDeg2)
	}
	return t, nil
}
