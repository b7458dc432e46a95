package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/kml"
	"github.com/taohe-gis/taohe/ingest/record"
)

// A Reference is how the coordinates of a dataset were understood, and how that
// was known.
type Reference struct {
	Name  string `json:"name"`
	EPSG  int    `json:"epsg,omitempty"`
	Datum string `json:"datum"`
	// How is user, prj, geojson-crs, rfc7946 or the like.
	How string `json:"how"`
	// Fix is the correction a person confirmed, "" where the file was read as
	// it stands.
	Fix string `json:"fix,omitempty"`
	// Shift is what brought the coordinates onto CGCS2000, nil where they were
	// on it.
	Shift *Shift `json:"shift,omitempty"`
	// Approximate marks coordinates whose way to CGCS2000 has no published
	// definition; every figure from them is marked too.
	Approximate bool `json:"approximate,omitempty"`
}

// A placing is the way from the numbers of a source to the store.
type placing struct {
	crs     geo.CRS
	reading geo.Reading
	// ways, when not empty, are the ways a file mixes; each shape is taken in the
	// first that puts its first corner into the county.
	ways      []way
	shift     geo.Shift
	county    *County
	reference Reference
}

// A way is one understanding of the numbers of a file.
type way struct {
	crs     geo.CRS
	reading geo.Reading
}

// leadsTo says whether a corner understood in this way lies in the county.
func (w way) leadsTo(county *County, x, y float64) bool {
	x, y, err := w.reading.Apply(x, y, w.crs)
	if err != nil {
		return false
	}
	lon, lat := w.crs.Inverse(x, y)
	return county.Holds(lon, lat)
}

// atOrigin counts the corners that stand for "unknown".
func (p *placing) atOrigin(mp *geom.MultiPolygon) (count, of int) {
	flat, stride := mp.FlatCoords(), mp.Stride()
	for i := 0; i+1 < len(flat); i += stride {
		if of++; geo.AtOrigin(p.crs, flat[i], flat[i+1]) {
			count++
		}
	}
	return count, of
}

// place brings one geometry to EPSG:4490 with dense edges. The CRS is the one
// its corners are in. Coordinates that cannot be used are a *geo.CoordinateError.
func (p *placing) place(mp *geom.MultiPolygon) (stored, corners *geom.MultiPolygon, crs geo.CRS, err error) {
	w := way{p.crs, p.reading}
	for _, other := range p.ways {
		if flat := mp.FlatCoords(); p.county != nil && other.leadsTo(p.county, flat[0], flat[1]) {
			w = other
			break
		}
	}
	if w.reading != geo.ReadAsWritten {
		if mp, err = w.read(mp); err != nil {
			return nil, nil, geo.CRS{}, err
		}
	}
	crs = w.crs
	if p.shift != nil {
		stored, err = geo.ToStoreVia(mp, crs, p.shift)
	} else {
		stored, err = geo.ToStore(mp, crs)
	}
	return stored, mp, crs, err
}

// read turns the numbers of the file into coordinates of the system.
func (w way) read(mp *geom.MultiPolygon) (*geom.MultiPolygon, error) {
	out := mp.Clone()
	flat, stride := out.FlatCoords(), out.Stride()
	for i := 0; i+1 < len(flat); i += stride {
		x, y, err := w.reading.Apply(flat[i], flat[i+1], w.crs)
		if err != nil {
			return nil, err
		}
		flat[i], flat[i+1] = x, y
	}
	return out, nil
}

// wording is what a person says about the coordinates of a file.
type wording struct {
	crs   *geo.CRS
	fix   string
	shift *Shift
}

// settlePlacing settles how the coordinates of a source are understood: the
// person's word, else what the file says, held against the county where there
// is one. What the file leaves open, or says against its own numbers, refuses
// it and names the readings that would fit: nothing is swapped, moved or
// guessed. The diagnostics are remarks; a refusal is a *record.RefusedError.
func settlePlacing(source record.Source, county *County, said wording) (*placing, []taohe.Diagnostic, error) {
	var diags []taohe.Diagnostic
	file := source.Reference()
	// Coordinates that may be offset by hundreds of metres are taken on the
	// uploader's word alone, and no reference system says it.
	if file.How == kml.HowOvital && (said.shift == nil || said.shift.Method != MethodGCJ02) {
		return nil, diags, record.Refuse("kml.offset_suspected", nil)
	}
	crs, notes, err := identify(file)
	if said.crs != nil {
		if err == nil && crs != (geo.CRS{}) && !sameSystem(crs, *said.crs) {
			diags = append(diags, taohe.Diagnostic{Code: "crs.user_over_file", Args: map[string]string{"file": crs.Name, "user": said.crs.Name}})
		}
		crs, notes, err = *said.crs, nil, nil
		file.How = "user"
	}
	if err != nil {
		return nil, diags, record.Refuse("crs.not_understood", map[string]string{"reason": err.Error(), "candidates": candidates(source, county)})
	}
	if crs == (geo.CRS{}) {
		return nil, diags, record.Refuse("crs.missing", map[string]string{"candidates": candidates(source, county)})
	}
	for _, n := range notes {
		diags = append(diags, taohe.Diagnostic{Code: n.Code, Args: n.Args})
	}
	p := &placing{crs: crs, county: county}
	if county != nil {
		judged, err := p.judge(source, said.fix)
		diags = append(diags, judged...)
		if err != nil {
			return nil, diags, err
		}
	} else if said.fix != "" {
		return nil, diags, record.Refuse("fix.needs_county", map[string]string{"fix": said.fix})
	}
	p.reference = Reference{Name: p.crs.Name, EPSG: p.crs.EPSG, Datum: string(p.crs.Datum), How: file.How, Fix: said.fix}
	shifted, err := p.applyShift(said.shift)
	return p, append(diags, shifted...), err
}

// applyShift brings a datum that is not CGCS2000 onto it, by the parameters the
// person gave and by nothing else.
func (p *placing) applyShift(shift *Shift) ([]taohe.Diagnostic, error) {
	if shift == nil {
		if !p.crs.AcceptedAsCGCS2000() {
			return nil, record.Refuse("crs.datum_refused", map[string]string{"crs": p.crs.Name, "datum": string(p.crs.Datum)})
		}
		if p.crs.Datum != geo.DatumCGCS2000 {
			return []taohe.Diagnostic{{Code: "crs.taken_as_cgcs2000", Args: map[string]string{"crs": p.crs.Name}}}, nil
		}
		return nil, nil
	}
	s, err := shift.geo()
	if err == nil {
		// Tried on one point, so that a shift that does not apply is told once.
		_, err = geo.ToStoreVia(unitSquare(p.crs), p.crs, s)
	}
	if err != nil {
		return nil, record.Refuse("shift.not_applicable", map[string]string{"reason": err.Error(), "crs": p.crs.Name})
	}
	p.shift = s
	p.reference.Shift = shift
	p.reference.Approximate = shift.Method == MethodGCJ02
	code := "shift.applied"
	if p.reference.Approximate {
		code = "shift.gcj02"
	}
	return []taohe.Diagnostic{{Code: code, Args: map[string]string{
		"crs": p.crs.Name, "method": shift.Title(), "source": shift.Source, "accuracy_m": strconv.FormatFloat(shift.AccuracyM, 'f', -1, 64),
	}}}, nil
}

// unitSquare is a small square at a place where the system is at home.
func unitSquare(c geo.CRS) *geom.MultiPolygon {
	e, n := c.Forward(c.CentralMeridianDeg, 40)
	side := 1.0
	if !c.Projected {
		e, n, side = 110, 40, 1e-5
	}
	flat := []float64{e, n, e + side, n, e + side, n + side, e, n + side, e, n}
	return geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{{len(flat)}})
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

// judge holds a sample of the coordinates as the file writes them against the
// county. What another reading would explain refuses the file unless the person
// confirmed just that reading; single rows that lie elsewhere are refused one
// by one later.
func (p *placing) judge(source record.Source, fix string) ([]taohe.Diagnostic, error) {
	judgement := geo.Judge(p.county.box(), sampleCoordinates(source), p.crs)
	if fix != "" {
		return nil, p.confirm(judgement, fix)
	}
	var diags, refused []taohe.Diagnostic
	for _, n := range judgement.Notes {
		d := taohe.Diagnostic{Code: n.Code, Args: n.Args}
		switch n.Code {
		case geo.NoteAtOrigin, geo.NoteNotFinite, geo.NoteOutside: // told row by row
		default:
			if d.Severity() == taohe.Refused {
				refused = append(refused, d)
			} else {
				diags = append(diags, d)
			}
		}
	}
	if len(refused) > 0 {
		return diags, &record.RefusedError{Diagnostics: refused}
	}
	return diags, nil
}

// confirm takes the reading a person confirmed, if it is one that fits.
func (p *placing) confirm(judgement geo.Judgement, fix string) error {
	var offered []string
	for _, proposal := range judgement.Proposals {
		if proposal.Fix == fix {
			p.crs, p.reading = proposal.CRS, proposal.Reading
			return nil
		}
		offered = append(offered, proposal.Fix)
	}
	for _, n := range judgement.Notes {
		word := n.Args["fix"]
		if word == fix {
			switch n.Code {
			case geo.NoteMixedZones:
				return p.mix(fix)
			case geo.NotePackedPossible:
				p.reading = geo.ReadPacked
				return nil
			case geo.NoteSwapped: // some rows only: of all it would be a proposal
				p.ways = []way{{p.crs, geo.ReadAsWritten}, {p.crs, geo.ReadSwapped}}
				return nil
			}
		}
		if word != "" && !slices.Contains(offered, word) {
			offered = append(offered, word)
		}
	}
	if len(offered) == 0 {
		offered = []string{"无"}
	}
	return record.Refuse("fix.not_applicable", map[string]string{"fix": fix, "offered": strings.Join(offered, "、")})
}

// mix takes a file that holds two zones: "zone=36,37".
func (p *placing) mix(fix string) error {
	_, list, _ := strings.Cut(fix, "=")
	for word := range strings.SplitSeq(list, ",") {
		zone, err := strconv.Atoi(word)
		if err != nil || p.crs.EPSG == 0 || p.crs.Zone == 0 {
			return record.Refuse("fix.not_applicable", map[string]string{"fix": fix, "offered": "无"})
		}
		// Codes of the zones of one family follow each other.
		crs, err := geo.FromEPSG(p.crs.EPSG + zone - p.crs.Zone)
		if err != nil || crs.Zone != zone || crs.Datum != p.crs.Datum {
			return record.Refuse("fix.not_applicable", map[string]string{"fix": fix, "offered": "无"})
		}
		p.ways = append(p.ways, way{crs, geo.ReadAsWritten})
	}
	return nil
}

// candidates names the systems that would put the file's coordinates into the
// county, for the person who must say which one it is.
func candidates(source record.Source, county *County) string {
	box := geo.Extent{West: 73, South: 15, East: 135.1, North: 54} // all of the country
	if county != nil {
		box = county.box()
	}
	var names []string
	for _, crs := range geo.Judge(box, sampleCoordinates(source), geo.CRS{}).Candidates() {
		names = append(names, fmt.Sprintf("EPSG:%d（%s）", crs.EPSG, crs.Name))
	}
	if len(names) == 0 {
		return "无"
	}
	return strings.Join(names, "、")
}
