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
		l.diags.add(taohe.Diagnostic{Code: "crs." + strings.TrimPrefix(n.Code, "crs."), Args: n.Args})
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

// candidates names the systems that would put the file's first coordinates into
// the county, for the person who must say which one it is.
func candidates(source record.Source, county County) string {
	sample := sampleCoordinates(source)
	var names []string
	for _, code := range []int{4490, 4524, 4545, 4525, 4546} {
		crs, err := geo.FromEPSG(code)
		if err != nil {
			continue
		}
		fits := len(sample) > 0
		for _, p := range sample {
			lon, lat := crs.Inverse(p[0], p[1])
			fits = fits && county.Holds(lon, lat)
		}
		if fits {
			names = append(names, fmt.Sprintf("EPSG:%s（%s）", strconv.Itoa(crs.EPSG), crs.Name))
		}
	}
	if len(names) == 0 {
		return "无"
	}
	return strings.Join(names, "、")
}

// sampleCoordinates returns corners of the first shapes of a source.
func sampleCoordinates(source record.Source) [][2]float64 {
	var sample [][2]float64
	for rec, err := range source.Records(context.Background()) {
		if err != nil || len(sample) >= 64 || rec.Row > 1000 {
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
