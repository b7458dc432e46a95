package oracle

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A scene is one county's tables. Dates are "2006-01-02", "" where not stated:
// they compare as text.
type scene[R any] struct {
	seed      uint64
	name      string
	asOf      string
	rights    []right[R]
	approvals []approval[R]
	images    []image[R]
	patches   []patch[R]
	protected []restricting[R]
	water     []restricting[R]
	forest    vegetation[R]
	grassland vegetation[R]
	// missing are the layers that have no accepted dataset at all.
	missing map[string]bool
}

type right[R any] struct {
	licence, enterprise string
	ground              R
	term
}

type approval[R any] struct {
	no, kind, licence, enterprise      string
	approvedOn, validFrom, validTo     string
	reclaimBy, reclaimedOn, returnedOn string
	max                                string // greatest height of a dump site
	ground                             R
}

type image[R any] struct {
	on        string
	whole     bool
	footprint R
}

type patch[R any] struct {
	no, on, kind, licence, ownership, restoredOn string
	top, bottom                                  string
	ground                                       R
}

// restricting ground of a class: category and zone, grade, or land code.
type restricting[R any] struct {
	category, zone string
	ground         R
}

// vegetation is one layer as two sources know it; nil rows with has false is a
// source that filed nothing.
type vegetation[R any] struct {
	hasForestry, hasSurvey bool
	covers                 *R // forestry's coverage, nil for the whole county
	forestry, survey       []restricting[R]
}

// A shaper draws ground, often from what is there already.
type shaper[R any] interface {
	plane[R]
	// Draw returns a shape with area; pool is what the scene has so far.
	Draw(r *rand.Rand, pool []R) R
	// Large returns a shape over about half of the scene.
	Large(r *rand.Rand) R
}

const asOf = "2022-05-31"

var (
	imageDates = []string{"2019-08-01", "2020-04-12", "2020-09-30", "2021-06-30", "2022-05-10", "2022-05-31", "2022-06-20"}
	// days on which terms begin and end: image dates and their neighbours, so
	// that every comparison of days is met with equality.
	termDates = []string{
		"2018-01-01", "2019-07-31", "2019-08-01", "2019-08-02", "2020-04-12", "2020-09-29", "2020-09-30", "2021-05-30", "2021-05-31",
		"2021-06-01", "2021-06-29", "2021-06-30", "2021-07-01", "2022-05-09", "2022-05-10", "2022-05-11", "2022-05-30", "2022-05-31",
		"2022-06-01", "2023-12-31",
	}
	enterprises = []string{"青石矿业有限公司", "白桦煤业有限公司", "石门建材有限公司"}
	patchKinds  = []string{"pit", "pit", "pit", "waste_dump", "gangue_dump", "construction", "road", "other", "abandoned_pit"}
)

func licenceNo(i int) string { return fmt.Sprintf("C%022d", 1599002021030000000+i) }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

// drawer draws a scene with every shape remembered.
type drawer[R any] struct {
	r    *rand.Rand
	s    shaper[R]
	pool []R
}

func (d *drawer[R]) shape() R {
	g := d.s.Draw(d.r, d.pool)
	d.pool = append(d.pool, g)
	return g
}

func drawScene[R any](s shaper[R], name string, seed uint64) *scene[R] {
	d := &drawer[R]{r: rand.New(rand.NewPCG(seed, 1)), s: s}
	out := &scene[R]{seed: seed, name: name, asOf: asOf, missing: map[string]bool{}}
	mines := 1 + d.r.IntN(4)
	d.rights(out, mines)
	for _, on := range imageDates {
		if chance(d.r, 45) {
			i := image[R]{on: on, whole: chance(d.r, 55)}
			if !i.whole {
				i.footprint = d.s.Large(d.r)
			}
			out.images = append(out.images, i)
		}
	}
	if len(out.images) == 0 {
		out.images = append(out.images, image[R]{on: imageDates[4], whole: true})
	}
	for i := range 1 + d.r.IntN(8) {
		out.patches = append(out.patches, d.patch(out, i, mines))
	}
	for i := range d.r.IntN(7) {
		out.approvals = append(out.approvals, d.approval(i, mines))
	}
	d.restricting(out)
	d.terms(out, seed)
	return out
}

func (d *drawer[R]) rights(out *scene[R], mines int) {
	for i := range mines {
		enterprise := pick(d.r, enterprises[:2])
		for range 1 + d.r.IntN(4)/3 {
			out.rights = append(out.rights, right[R]{licence: licenceNo(i), enterprise: enterprise, ground: d.shape()})
		}
	}
}

func (d *drawer[R]) patch(out *scene[R], i, mines int) patch[R] {
	p := patch[R]{
		no: fmt.Sprintf("TB%03d", i), on: pick(d.r, out.images).on, kind: pick(d.r, patchKinds),
		ownership: pick(d.r, []string{"", "", "", "owned", "owned", "ownerless"}), ground: d.shape(),
	}
	if chance(d.r, 60) {
		p.licence = licenceNo(d.r.IntN(mines))
	} else if chance(d.r, 8) {
		p.licence = licenceNo(99)
	}
	if chance(d.r, 15) {
		p.restoredOn = pick(d.r, termDates)
	}
	return p
}

func (d *drawer[R]) approval(i, mines int) approval[R] {
	a := approval[R]{
		no: fmt.Sprintf("PZ%03d", i), ground: d.shape(),
		kind: pick(d.r, []string{
			"temporary_land", "temporary_land", "temporary_land", "temporary_land", "temporary_land",
			"construction_land", "construction_land", "forest_use", "grassland_use", "dump_site",
		}),
	}
	switch n := d.r.IntN(100); {
	case n < 55:
		a.licence = licenceNo(d.r.IntN(mines))
		a.enterprise = pick(d.r, append([]string{""}, enterprises...))
	case n < 80:
		a.enterprise = pick(d.r, enterprises[:2])
	case n < 92:
	case n < 96:
		a.licence = licenceNo(99)
		a.enterprise = pick(d.r, append([]string{""}, enterprises...))
	default:
		a.enterprise = enterprises[2]
	}
	a.approvedOn = pick(d.r, termDates)
	if chance(d.r, 50) {
		a.validFrom = pick(d.r, termDates)
	}
	if a.kind == "temporary_land" || chance(d.r, 40) {
		a.validTo = pick(d.r, termDates)
	}
	if a.validTo != "" && a.validFrom > a.validTo {
		a.validFrom, a.validTo = a.validTo, a.validFrom
	}
	for _, on := range []*string{&a.reclaimBy, &a.reclaimedOn, &a.returnedOn} {
		if chance(d.r, 20) {
			*on = pick(d.r, termDates)
		}
	}
	return a
}

func (d *drawer[R]) restricting(out *scene[R]) {
	rows := func(most int, categories, zones []string) []restricting[R] {
		var list []restricting[R]
		for range d.r.IntN(most + 1) {
			list = append(list, restricting[R]{pick(d.r, categories), pick(d.r, zones), d.shape()})
		}
		return list
	}
	none := []string{""}
	out.protected = rows(4, []string{"nature_reserve", "nature_reserve", "geopark", "forest_park"}, []string{"", "core", "buffer", "experimental"})
	out.water = rows(3, []string{"1", "2", "quasi"}, none)
	layer := func(codes []string) vegetation[R] {
		v := vegetation[R]{hasForestry: chance(d.r, 80), hasSurvey: chance(d.r, 60)}
		if v.hasForestry {
			v.forestry = rows(3, codes, none)
			if chance(d.r, 50) {
				ground := d.s.Large(d.r)
				v.covers = &ground
			}
		}
		if v.hasSurvey {
			v.survey = rows(3, codes, none)
		}
		return v
	}
	out.forest = layer([]string{"0301", "0305", "0307", ""})
	out.grassland = layer([]string{"0401", "0404", ""})
	out.missing["protected_area"] = chance(d.r, 10)
	out.missing["water_source"] = chance(d.r, 10)
	out.missing["forest"] = !out.forest.hasForestry && !out.forest.hasSurvey
	out.missing["grassland"] = !out.grassland.hasForestry && !out.grassland.hasSurvey
	out.missing["land_approval"] = len(out.approvals) == 0 && chance(d.r, 30)
}

// text is the scene as a person reads it: every row with its shape as WKT.
func (s *scene[R]) text(p plane[R]) string {
	var b strings.Builder
	line := func(ground R, format string, args ...any) {
		fmt.Fprintf(&b, format+" %s\n", append(args, wkt(p.Rings(ground)))...)
	}
	for _, m := range s.rights {
		line(m.ground, "mining_right %s %s %+v", m.licence, m.enterprise, m.term)
	}
	for _, a := range s.approvals {
		line(a.ground, "land_approval %s %s licence %q enterprise %q approved %s valid %q to %q reclaim_by %q reclaimed %q returned %q up to %q",
			a.no, a.kind, a.licence, a.enterprise, a.approvedOn, a.validFrom, a.validTo, a.reclaimBy, a.reclaimedOn, a.returnedOn, a.max)
	}
	for _, i := range s.images {
		if i.whole {
			fmt.Fprintf(&b, "footprint %s everywhere\n", i.on)
		} else {
			line(i.footprint, "footprint %s", i.on)
		}
	}
	for _, q := range s.patches {
		line(q.ground, "disturbance %s %s %s licence %q %s restored %q top %q bottom %q", q.no, q.on, q.kind, q.licence, q.ownership, q.restoredOn, q.top, q.bottom)
	}
	for layer, rows := range map[string][]restricting[R]{
		"protected_area": s.protected, "water_source": s.water, "forest forestry": s.forest.forestry, "forest land_survey": s.forest.survey,
		"grassland forestry": s.grassland.forestry, "grassland land_survey": s.grassland.survey,
	} {
		for _, r := range rows {
			line(r.ground, "%s %s %s", layer, r.category, r.zone)
		}
	}
	for layer, v := range map[string]vegetation[R]{"forest": s.forest, "grassland": s.grassland} {
		if v.covers != nil {
			line(*v.covers, "%s forestry coverage", layer)
		}
	}
	fmt.Fprintf(&b, "missing %v\n", s.missing)
	return b.String()
}

func wkt(polygons []polygon) string {
	var b strings.Builder
	b.WriteString("MULTIPOLYGON(")
	for i, p := range polygons {
		b.WriteString(strings.Repeat(",", min(i, 1)) + "(")
		for j, r := range p {
			b.WriteString(strings.Repeat(",", min(j, 1)) + "(")
			for k, q := range r {
				fmt.Fprintf(&b, "%s%.17g %.17g", strings.Repeat(",", min(k, 1)), q.lon, q.lat)
			}
			b.WriteString(")")
		}
		b.WriteString(")")
	}
	return b.String() + ")"
}
