package ingest

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A Reference is the reference system a dataset was read in, and how it was
// known.
type Reference struct {
	Name string `json:"name"`
	EPSG int    `json:"epsg,omitempty"`
	// How is user, prj, geojson-crs or rfc7946.
	How string `json:"how"`
}

// resolveCRS settles the reference system: the uploader's word, else what the
// file says. A file that says nothing, or names a datum that cannot be taken as
// CGCS2000, is refused.
func (l *loader) resolveCRS(source record.Source) (geo.CRS, Reference, error) {
	said := source.Reference()
	crs, notes, err := identify(said)
	if l.req.crs != nil {
		if err == nil && said != (record.Reference{}) && !sameSystem(crs, *l.req.crs) {
			l.diags.add(taohe.Diagnostic{Code: "crs.user_over_file", Args: map[string]string{"file": crs.Name, "user": l.req.crs.Name}})
		}
		crs, notes, err = *l.req.crs, nil, nil
		said.How = "user"
	}
	if err != nil {
		return geo.CRS{}, Reference{}, record.Refuse("crs.not_understood", map[string]string{
			"reason": err.Error(), "candidates": candidates(source, l.req.county),
		})
	}
	if crs == (geo.CRS{}) {
		return geo.CRS{}, Reference{}, record.Refuse("crs.missing", map[string]string{"candidates": candidates(source, l.req.county)})
	}
	for _, n := range notes {
		l.diags.add(taohe.Diagnostic{Code: n.Code, Args: n.Args})
	}
	if !crs.AcceptedAsCGCS2000() {
		return geo.CRS{}, Reference{}, record.Refuse("crs.datum_refused", map[string]string{"crs": crs.Name, "datum": string(crs.Datum)})
	}
	if crs.Datum != geo.DatumCGCS2000 {
		l.diags.add(taohe.Diagnostic{Code: "crs.taken_as_cgcs2000", Args: map[string]string{"crs": crs.Name}})
	}
	return crs, Reference{Name: crs.Name, EPSG: crs.EPSG, How: said.How}, nil
}

func identify(said record.Reference) (geo.CRS, []geo.Note, error) {
	switch {
	case said.WKT != "":
		return geo.IdentifyWKT(said.WKT)
	case said.EPSG != 0:
		crs, err := geo.FromEPSG(said.EPSG)
		return crs, nil, err
	}
	return geo.CRS{}, nil, nil
}

// sameSystem compares what moves coordinates, not names.
func sameSystem(a, b geo.CRS) bool {
	a.Name, b.Name, a.EPSG, b.EPSG = "", "", 0, 0
	return a == b
}

// judge holds the coordinates as the file writes them against the county. What
// another reading would explain refuses the file, naming that reading: nothing
// is swapped, shifted or guessed. Single rows that lie elsewhere are refused one
// by one later.
func (l *loader) judge(source record.Source, crs geo.CRS) error {
	judgement := geo.Judge(l.req.county.box(), sampleCoordinates(source), crs)
	var refused []taohe.Diagnostic
	for _, n := range judgement.Notes {
		d := taohe.Diagnostic{Code: n.Code, Args: n.Args}
		switch n.Code {
		case geo.NoteAtOrigin, geo.NoteNotFinite, geo.NoteOutside: // told row by row
		default:
			if d.Severity() == taohe.Refused {
				refused = append(refused, d)
			} else {
				l.diags.add(d)
			}
		}
	}
	if len(refused) > 0 {
		return &record.RefusedError{Diagnostics: refused}
	}
	return nil
}

// candidates names the systems that would put the file's coordinates into the
// county, for the person who must say which one it is.
func candidates(source record.Source, county County) string {
	var names []string
	for _, crs := range geo.Judge(county.box(), sampleCoordinates(source), geo.CRS{}).Candidates() {
		names = append(names, fmt.Sprintf("EPSG:%s（%s）", strconv.Itoa(crs.EPSG), crs.Name))
	}
	if len(names) == 0 {
		return "无"
	}
	return strings.Join(names, "、")
}

const (
	sampledRows   = 2000
	sampledPoints = 1000
)

// sampleCoordinates returns a corner of each of the first shapes of a source,
// as the file has it.
func sampleCoordinates(source record.Source) [][2]float64 {
	var sample [][2]float64
	for rec, err := range source.Records(context.Background()) {
		if err != nil || len(sample) >= sampledPoints || rec.Row > sampledRows {
			break
		}
		if rec.Geometry == nil || rec.Geometry.Stride() == 0 || len(rec.Geometry.FlatCoords()) < rec.Geometry.Stride() {
			continue
		}
		flat := rec.Geometry.FlatCoords()
		sample = append(sample, [2]float64{flat[0], flat[1]})
	}
	return sample
}
