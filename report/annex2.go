package report

import (
	"strings"

	"github.com/taohe-gis/taohe"
)

// An Annex2 is what 汇报材料 (附件2) asks for: every figure of the form that a run
// can give. What it cannot give is left to be filled in.
type Annex2 struct {
	Source RunSource
	// Region is what the figures are of, in the words of the form: 全旗, 全市.
	Region   string
	Counties []string
	// GroupName is the working group that reports; empty when all do, one after
	// another.
	GroupName string
	// Groups are those the paper has, by number.
	Groups []Annex2Group

	// Problem are the enterprises with any problem of these groups.
	Problem PaperFigure
	// Strata are the mines of group 1 as the form divides them: open-pit coal
	// first, which the form asks for; the others supplement it.
	Strata []Annex2Stratum
	// Unlicensed is pits of no mining right; nil where not evaluated.
	Unlicensed *Annex2Places

	Dumps Annex2Dumps

	Vegetation, Forest, Grassland PaperFigure
	// BothVegetation is what forest and grassland both claim, in each and once in
	// the sum.
	BothVegetation Area

	// Pits are all abandoned pits, and those by ownership.
	Pits        Annex2Pits
	PitsByOwner []Annex2Pits

	// Progress is what became of the ledger's items; nil where nobody keeps it.
	Progress *Annex2Progress

	MinesFailed int
	// Gridded says that some union was made on a grid of 0.01 mm.
	Gridded bool
}

// An Annex2Group is a working group with what the form does not ask of it and
// must be told all the same.
type Annex2Group struct {
	Group        int
	Name         string
	Others       []PaperFigure
	NotEvaluated []string
}

// An Annex2Stratum is the figures of group 1 for some mines.
type Annex2Stratum struct {
	Title                                                        string // 露天煤矿
	TemporaryLand, ApprovalInProtected, ApprovalInReserve        PaperFigure
	ReclamationOverdue, ReturnOverdue                            PaperFigure
	Construction, ConstructionInProtected, ConstructionInReserve PaperFigure
}

// figures are those of the stratum in the order of the form.
func (s Annex2Stratum) figures() []PaperFigure {
	return []PaperFigure{
		s.TemporaryLand, s.ApprovalInProtected, s.ApprovalInReserve, s.ReclamationOverdue, s.ReturnOverdue,
		s.Construction, s.ConstructionInProtected, s.ConstructionInReserve,
	}
}

// A PaperFigure is a figure of a paper: how many enterprises, each once, and how
// much ground, each square metre once. What else it may count its holder says.
type PaperFigure struct {
	Title string
	Count int
	Area
	// Counties are the parts, in the order of the paper's counties. Less Shared,
	// which mines of several counties have, the printed parts are the total.
	Counties []CountyPart
	Shared   Area
	// NotEvaluated says that it could be asked in no county.
	NotEvaluated bool
}

// A CountyPart is a county's part of a figure.
type CountyPart struct {
	County string
	Count  int
	Area
	// NotEvaluated says that it could not be asked there, which is not nothing.
	NotEvaluated bool
}

// A RawPart is a county's part before it is rounded.
type RawPart struct {
	County            string
	Count             int
	EllipsoidalAreaM2 float64
	NotEvaluated      bool
}

// NewPaperFigure rounds a figure for print: the printed parts, less what they
// share, are the printed total.
func NewPaperFigure(title string, count int, totalM2 float64, parts []RawPart) PaperFigure {
	f := PaperFigure{Title: title, Count: count, Area: NewArea(totalM2), NotEvaluated: true}
	raw, sum := make([]float64, len(parts)), 0.0
	for i, p := range parts {
		raw[i] = p.EllipsoidalAreaM2
		sum += raw[i]
		f.NotEvaluated = f.NotEvaluated && p.NotEvaluated
	}
	// What counties share is no rounding: where they share nothing the parts come
	// to the total itself.
	shares := sum-totalM2 >= sharedM2
	if !shares {
		sum = totalM2
	}
	areas, whole := Apportion(raw, sum)
	for i, p := range parts {
		f.Counties = append(f.Counties, CountyPart{p.County, p.Count, areas[i], p.NotEvaluated})
	}
	if shares {
		f.Shared = Area{round2(whole.EllipsoidalAreaM2 - f.EllipsoidalAreaM2), round2(whole.Mu - f.Mu)}
	}
	return f
}

// Both is what two printed figures have in common, by the printed figure of the
// two together.
func Both(a, b, together Area) Area {
	both := Area{round2(a.EllipsoidalAreaM2 + b.EllipsoidalAreaM2 - together.EllipsoidalAreaM2), round2(a.Mu + b.Mu - together.Mu)}
	if both.EllipsoidalAreaM2 <= 0 {
		return Area{}
	}
	return both
}

// Annex2Dumps are the dumps that do not stand as they should.
type Annex2Dumps struct {
	Places       int
	Counties     []Annex2DumpCounty
	NotEvaluated bool
}

// Annex2DumpCounty is a county's dumps, with what is wrong with them.
type Annex2DumpCounty struct {
	County       string
	Places       int
	NotEvaluated bool
	Problems     []Annex2DumpProblem
}

// An Annex2DumpProblem is what a rule finds of a county's dumps; one dump may
// have several.
type Annex2DumpProblem struct {
	Title       string
	Places      int
	Enterprises int
	Area
}

// Annex2Places are places with their area.
type Annex2Places struct {
	Places int
	Area
}

// Annex2Pits are abandoned pits: those restored are among them.
type Annex2Pits struct {
	Title string // 有主; empty for all
	Annex2Places
	// Vegetation is the forest and grassland in them; nil where not evaluated.
	Vegetation *Area
	Restored   int
	Counties   []Annex2PitCounty
	// Shared is ground that pits of two counties have, SharedByOwners of two owners:
	// the parts less that are the total.
	Shared, SharedByOwners Area
	NotEvaluated           bool
}

// An Annex2PitCounty is a county's pits.
type Annex2PitCounty struct {
	County string
	Annex2Places
	Vegetation   *Area
	Restored     int
	NotEvaluated bool
}

// Annex2Progress counts the ledger's items but those that were dismissed, on the
// day of the event that the paper follows.
type Annex2Progress struct {
	On                                       taohe.Date
	Items, Rectified, Rectifying, OnSchedule int
	Counties                                 []Annex2CountyProgress
	// Measures are by kind, Closed by the way; both in the order of the paper. An
	// item may have several measures.
	Measures, Closed []Annex2Done
	// Gridded is as for the paper.
	Gridded bool
}

// Annex2CountyProgress counts those of a county.
type Annex2CountyProgress struct {
	County                                   string
	Items, Rectified, Rectifying, OnSchedule int
}

// Annex2Done is about how many items of the ledger something was done, which is
// its count, on the ground last found as theirs.
type Annex2Done struct {
	PaperFigure
	FinedYuan float64
}

// alwaysSaid is how many measures stand on the paper even where none was taken:
// those that the campaign asks for about any offence.
const alwaysSaid = 5

// measures are those that the paper names.
func (g Annex2Progress) measures() []Annex2Done {
	var out []Annex2Done
	for i, m := range g.Measures {
		if i < alwaysSaid || m.Count > 0 {
			out = append(out, m)
		}
	}
	return out
}

// A Stratum is what the form's first group divides mines by.
type Stratum string

// The strata.
const (
	OpenPitCoal  Stratum = "open_pit_coal"
	OtherOpenPit Stratum = "other_open_pit"
	NotOpenPit   Stratum = "not_open_pit"
)

// StratumTitles are their names on paper, in order.
var StratumTitles = []struct {
	Stratum Stratum
	Title   string
}{
	{OpenPitCoal, "露天煤矿"},
	{OtherOpenPit, "其他露天矿山"},
	{NotOpenPit, "非露天矿山"},
}

// StratumOf says of which stratum a mine is, by its method and mineral. Coal is
// any that is mined as such: 煤, 煤矿, 褐煤, 无烟煤 and so on, and not what comes with
// it (煤层气, 煤系高岭土, 煤矸石).
func StratumOf(method, mineral string) Stratum {
	switch {
	case method != "open_pit" && method != "open_pit_and_underground":
		return NotOpenPit
	case isCoal(mineral):
		return OpenPitCoal
	}
	return OtherOpenPit
}

func isCoal(mineral string) bool {
	for _, with := range []string{"煤层气", "煤系", "煤矸石"} {
		if strings.Contains(mineral, with) {
			return false
		}
	}
	return strings.Contains(mineral, "煤")
}
