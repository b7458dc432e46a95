package report

// RawPits are the abandoned pits of one owner in one county, before they are
// rounded.
type RawPits struct {
	Places, Restored  int
	EllipsoidalAreaM2 float64
	VegetationM2      *float64 // nil where not evaluated
	NotEvaluated      bool
}

// RawPitsTable are the pits of a paper by owner and county, with what they come
// to by owner, by county and in all: where ground has several owners, or lies in
// several counties' pits, that is less than their sum.
type RawPitsTable struct {
	Owners, Counties []string
	Cells            [][]RawPits // by owner, then county
	ByOwner          []RawPits
	ByCounty         []RawPits
	All              RawPits
}

// Print rounds the table: the printed counties of an owner add up to the owner,
// and owners, and counties, to the whole, but for what they share, which is
// printed too.
func (t RawPitsTable) Print() (all Annex2Pits, byOwner []Annex2Pits) {
	owners, total, sharedByOwners := printed(t.ByOwner, NewArea(t.All.EllipsoidalAreaM2), t.All.EllipsoidalAreaM2)
	counties, _, sharedByCounties := printed(t.ByCounty, total, t.All.EllipsoidalAreaM2)
	all = Annex2Pits{
		Annex2Places: Annex2Places{t.All.Places, total}, Restored: t.All.Restored,
		Shared: sharedByCounties, SharedByOwners: sharedByOwners, NotEvaluated: t.All.NotEvaluated,
	}
	cellSums := make([]Area, len(t.Counties))
	for i, name := range t.Owners {
		cells, ownerTotal, ownerShared := printed(t.Cells[i], owners[i], t.ByOwner[i].EllipsoidalAreaM2)
		of := Annex2Pits{
			Title: name, Annex2Places: Annex2Places{t.ByOwner[i].Places, ownerTotal}, Restored: t.ByOwner[i].Restored,
			Shared: ownerShared, NotEvaluated: t.ByOwner[i].NotEvaluated,
		}
		for k, county := range t.Counties {
			c := t.Cells[i][k]
			of.Counties = append(of.Counties, Annex2PitCounty{County: county, Annex2Places: Annex2Places{c.Places, cells[k]}, Restored: c.Restored, NotEvaluated: c.NotEvaluated})
			cellSums[k] = sumOf(cellSums[k], cells[k])
		}
		byOwner = append(byOwner, of)
	}
	// Where nothing is shared, both ways of adding up give the same.
	if sharedByOwners == (Area{}) && sharedByCounties == (Area{}) {
		counties = cellSums
	}
	vegetation := t.vegetation()
	for k, county := range t.Counties {
		c := t.ByCounty[k]
		all.Counties = append(all.Counties, Annex2PitCounty{
			County: county, Annex2Places: Annex2Places{c.Places, counties[k]}, Vegetation: vegetation[k], Restored: c.Restored, NotEvaluated: c.NotEvaluated,
		})
	}
	if t.All.VegetationM2 != nil {
		a := NewArea(*t.All.VegetationM2)
		all.Vegetation = &a
	}
	return all, byOwner
}

// vegetation is that of each county, nil where not evaluated.
func (t RawPitsTable) vegetation() []*Area {
	out, raw, sum := make([]*Area, len(t.Counties)), make([]float64, len(t.Counties)), 0.0
	for k, c := range t.ByCounty {
		if c.VegetationM2 != nil {
			raw[k] = *c.VegetationM2
			sum += raw[k]
		}
	}
	if t.All.VegetationM2 != nil && sum-*t.All.VegetationM2 < sharedM2 {
		sum = *t.All.VegetationM2
	}
	areas, _ := Apportion(raw, sum)
	for k, c := range t.ByCounty {
		if c.VegetationM2 != nil {
			out[k] = &areas[k]
		}
	}
	return out
}

// sharedM2 is from what on grounds that add up to more than their union share
// ground: less is rounding.
const sharedM2 = 0.005

// printed rounds parts to a printed total, unless they share ground: then what
// they share is printed beside it.
func printed(parts []RawPits, total Area, totalM2 float64) (areas []Area, whole, shared Area) {
	raw, sum := make([]float64, len(parts)), 0.0
	for i, p := range parts {
		raw[i] = p.EllipsoidalAreaM2
		sum += raw[i]
	}
	if sum-totalM2 >= sharedM2 {
		areas, whole = Apportion(raw, sum)
		return areas, total, Area{round2(whole.EllipsoidalAreaM2 - total.EllipsoidalAreaM2), round2(whole.Mu - total.Mu)}
	}
	return apportionTo(raw, total), total, Area{}
}
