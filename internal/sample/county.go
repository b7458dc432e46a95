// Package sample makes the sample county: a made banner on real ground, with
// one mine for each case of the rules and one that just misses it, the files
// its bureau would upload, and the figures the overlay must find. The figures
// are derived case by case from named rectangles of the graticule, whose area
// has a closed form; no overlay takes part. The same program gives the same
// bytes.
package sample

import (
	"fmt"
	"slices"
	"time"

	"github.com/taohe-gis/taohe"
)

// The county and the days it speaks of.
const (
	CountyCode = "159900"
	CountyName = "示例旗"

	countyWest, countyEast   = 109_000000, 110_750000
	countySouth, countyNorth = 40_000000, 40_500000

	// secondImageEast is where the ground interpreted on the second image
	// ends; east of it the first image decides.
	secondImageEast = 110_600000
)

var (
	asOf        = taohe.NewDate(2022, time.May, 31)
	firstImage  = taohe.NewDate(2021, time.June, 30)
	secondImage = taohe.NewDate(2022, time.May, 10)
)

// A County is the sample county with everything its files hold and everything
// the overlay must find in it.
type County struct {
	Mines        []*Mine
	Approvals    []*Approval
	Patches      []*Patch
	Protected    []Zone
	Water        []Zone
	Forest       []Zone
	Grassland    []Zone
	Townships    []Township
	sites        []*site
	spare        []slot
	unattributed []unattributed
	listed       []listed
	laters       []*later
	names        names
}

// A Mine is one licence with what must be found on it.
type Mine struct {
	LicenceNo, Name, Enterprise string
	Method, Mineral, Township   string
	ValidFrom, ValidTo          taohe.Date
	RenewalAccepted             taohe.Date
	TopM, BottomM               int
	// Planes are the licence plane as the rows of the file hold it.
	Planes []Region
	// CaseZh and CaseEn say why the mine is here.
	CaseZh, CaseEn string

	site *site
	want want
	// overlapping are the mines whose planes overlap this one's.
	overlapping []*Mine
}

// Plane is the whole licence plane.
func (m *Mine) Plane() Region { return union(m.Planes...) }

// An Approval is one row of the approvals file.
type Approval struct {
	No, Kind, Purpose string
	// LicenceNo and Enterprise are what the document names; either may be empty.
	LicenceNo, Enterprise string
	Terms
	// MaxM is the greatest height of a dump site; nil where not stated.
	MaxM   *float64
	Ground Region
}

// Terms are the days of an approval. A zero To is permanent; a zero ReclaimBy
// means one year after To.
type Terms struct {
	ApprovedOn, From, To           taohe.Date
	ReclaimBy, Reclaimed, Returned taohe.Date
}

// The kinds of approval, as DESIGN's words and as the file spells them.
const (
	temporaryLand    = "临时用地"
	constructionLand = "建设用地"
	forestUse        = "使用林地"
	grasslandUse     = "使用草原"
	dumpSite         = "排土场"
)

// A Patch is one row of the disturbance file.
type Patch struct {
	No, Kind, LicenceNo string
	Ownership           string
	ImagedOn, Restored  taohe.Date
	// TopM, BottomM and ErrorM are nil where the file leaves them empty.
	TopM, BottomM, ErrorM *float64
	Ground                Region
}

// The kinds of patch, as the file spells them.
const (
	pit          = "采坑"
	wasteDump    = "排土场"
	gangueDump   = "排矸场"
	construction = "建设"
	road         = "道路"
	other        = "其他"
	abandonedPit = "尾矿坑"
	ownerless    = "无主"
	owned        = "有主"
	openPit      = "露天"
	underground  = "井工"
	coal         = "煤矿"
	limestone    = "石灰石"
	sand         = "建筑用砂"
	gypsum       = "石膏"
)

// A Zone is one polygon of a layer that lies on the county whoever mines there:
// a protected area, a water source, a forest or a grassland.
type Zone struct {
	Name, Category, Zone, Level string
	// Code is the land code of a forest or grassland, the grade of a water source.
	Code   string
	Ground Region
}

// A Township is a division of the county.
type Township struct {
	Code, Name string
	Ground     Region
}

// An unattributed patch is listed with its area, under no mine.
type unattributed struct {
	patch *Patch
	by    string
}

// A listed patch is in no mine's account: it is listed under a rule, or under
// none.
type listed struct {
	patch *Patch
	rule  string
}

// list states that a patch is listed, as large as it is.
func (c *County) list(rule string, p *Patch) { c.listed = append(c.listed, listed{p, rule}) }

// New makes the county.
func New() *County {
	c := &County{Townships: townships(), spare: slices.Concat(checkerboard(), bare())}
	c.groundCases()
	c.displacedCases()
	c.togetherCases()
	c.componentCases()
	c.sharedApprovalCases()
	c.termCases()
	c.imageCases()
	c.boundsCases()
	c.protectedCases()
	c.coverCases()
	c.attributionCases()
	c.licenceCases()
	c.elevationCases()
	c.abandonedCases()
	c.leadCases()
	c.scenery()
	return c
}

// townships cover the county; two of them are L-shaped.
func townships() []Township {
	const w, e, s, n = countyWest, countyEast, countySouth, countyNorth
	return []Township{
		{CountyCode + "100", "西滩镇", box(w, s, 109_400000, n)},
		{CountyCode + "101", "中梁镇", box(109_400000, 40_250000, 109_800000, n)},
		{CountyCode + "102", "南滩镇", box(109_400000, s, 109_800000, 40_250000)},
		{CountyCode + "200", "乌兰滩苏木", box(109_800000, s, 110_250000, 40_300000)},
		{CountyCode + "103", "北梁镇", union(
			box(109_800000, 40_300000, 110_250000, n), box(110_250000, 40_180000, 110_450000, n))},
		{CountyCode + "201", "东滩苏木", union(
			box(110_250000, s, e, 40_180000), box(110_450000, 40_180000, e, n))},
	}
}

// township names the township in which the region lies whole.
func (c *County) township(r Region) string {
	for _, t := range c.Townships {
		if r.Minus(t.Ground).Empty() {
			return t.Name
		}
	}
	panic(fmt.Sprintf("sample: region %v lies in no one township", r.bounds()))
}

func day(year int, month time.Month, d int) taohe.Date { return taohe.NewDate(year, month, d) }
