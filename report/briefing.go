package report

import "slices"

// A Briefing is the monthly 简报: what changed since a run before, by working
// group and county.
type Briefing struct {
	*RunDiff
	Title    string
	Counties []BriefingCounty
	Groups   []BriefingGroup
	// NotEvaluated says which rules the new run could not ask.
	NotEvaluated []string
	MinesFailed  int
}

// A BriefingCounty is a county the briefing speaks of.
type BriefingCounty struct{ Code, Name string }

// A BriefingGroup is a working group's part.
type BriefingGroup struct {
	Group int
	Name  string
	// Present is how many lines the group has in 附件1 now.
	Present int
	Rows    []BriefingRow
	Total   BriefingRow
	// Findings are those that changed.
	Findings []FindingChange
}

// A BriefingRow sums what changed alike in a county. Sums are those of the
// printed figures of the findings.
type BriefingRow struct {
	County, ChangeTitle string
	Findings            int
	Old, New            Area
	DifferenceMu        float64
}

func (r *BriefingRow) add(f FindingChange) {
	r.Findings++
	r.Old, r.New = sumOf(r.Old, f.Old), sumOf(r.New, f.New)
	r.DifferenceMu = round2(r.DifferenceMu + f.DifferenceMu)
}

// NewBriefing sorts what changed by the groups and counties of a briefing;
// present are the lines of 附件1 by group. Findings of other counties or groups
// are left out.
func NewBriefing(title string, d *RunDiff, counties []BriefingCounty, groups []BriefingGroup) Briefing {
	b := Briefing{RunDiff: d, Title: title, Counties: counties}
	for _, g := range groups {
		g.Total = BriefingRow{County: "合计"}
		for _, c := range counties {
			for _, change := range Changes {
				row := BriefingRow{County: c.Name, ChangeTitle: ChangeTitle(change)}
				for _, f := range d.Findings {
					if f.Group == g.Group && f.CountyCode == c.Code && f.Change == change {
						row.add(f)
						g.Total.add(f)
						g.Findings = append(g.Findings, f)
					}
				}
				if row.Findings > 0 {
					g.Rows = append(g.Rows, row)
				}
			}
		}
		b.Groups = append(b.Groups, g)
	}
	return b
}

// changed sums a change over the groups.
func (b Briefing) changed(change string) (out BriefingRow) {
	for _, g := range b.Groups {
		for _, f := range g.Findings {
			if f.Change == change {
				out.add(f)
			}
		}
	}
	return out
}

// countyName is the name of a county of the briefing.
func (b Briefing) countyName(code string) string {
	i := slices.IndexFunc(b.Counties, func(c BriefingCounty) bool { return c.Code == code })
	if i < 0 {
		return code
	}
	return b.Counties[i].Name
}
