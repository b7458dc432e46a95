package sample

import (
	"encoding/json"
	"fmt"

	"github.com/taohe-gis/taohe"
)

// The later images, each of a few sites, and the days on which the county is
// asked again. On both days the approvals in force now are in force still.
var stages = [2]stage{
	{image: day(2022, 8, 20), asOf: day(2022, 8, 31)},
	{image: day(2022, 10, 10), asOf: day(2022, 10, 15)},
}

type stage struct{ image, asOf taohe.Date }

// A later is what a later image shows where it looks at the site of a mine, and
// what that means to items of the ledger.
type later struct {
	stage int
	looks Region
	sees  []*Patch
	items []laterItem
}

// A laterItem is one item with its ground and what the image makes of it, each
// named by the case. Of no mine, the item is known by its patch.
type laterItem struct {
	mine    *Mine
	patch   *Patch
	rule    string
	outcome string
	verdict string
	ground  Region
	// rectified, remaining and unseen are parts of the ground; grown and moved lie
	// outside.
	rectified, remaining, unseen, grown, moved Region
	why                                        string
}

// lookAgain has the image of a stage look at some ground; it sees what is added.
func (c *County) lookAgain(stage int, ground Region) *later {
	l := &later{stage: stage, looks: ground}
	c.laters = append(c.laters, l)
	return l
}

// sees adds a patch of a mine to what the image shows.
func (l *later) seesPit(m *Mine, ground Region) {
	l.sees = append(l.sees, &Patch{Kind: pit, LicenceNo: m.LicenceNo, ImagedOn: stages[l.stage].image, Ground: ground})
}

func (l *later) item(i laterItem) { l.items = append(l.items, i) }

// laterPatches are the rows of the disturbance file of a stage: those known
// before, and what the images up to its own show.
func (c *County) laterPatches(stage int) []*Patch {
	all := append([]*Patch{}, c.Patches...)
	n := 0
	for _, l := range c.laters {
		for _, p := range l.sees {
			n++
			p.No = fmt.Sprintf("TB2022L%03d", n)
			if l.stage <= stage {
				all = append(all, p)
			}
		}
	}
	return all
}

// laterDisturbances are the files of the stages.
func (c *County) laterDisturbances(stage int) (File, error) {
	return c.disturbanceFile("disturbance_"+stages[stage].asOf.String()+".zip", c.laterPatches(stage))
}

type laterFile struct {
	ToleranceMu float64      `json:"tolerance_mu"`
	Stages      []laterStage `json:"stages"`
}

type laterStage struct {
	AsOf    string          `json:"as_of"`
	Dataset manifestDataset `json:"dataset"`
	// Items are those on whose ground the images of the stage look; no image of the
	// stage looks at any other.
	Items []expectedItem `json:"items"`
}

type expectedItem struct {
	LicenceNo     string `json:"licence_no"`
	PatchNo       string `json:"patch_no,omitempty"`
	Rule          string `json:"rule"`
	Outcome       string `json:"outcome"`
	Verdict       string `json:"verdict"`
	GroundM2      m2     `json:"ground_m2"`
	RectifiedM2   m2     `json:"rectified_m2"`
	RemainingM2   m2     `json:"remaining_m2"`
	NotObservedM2 m2     `json:"not_observed_m2"`
	GrownM2       m2     `json:"grown_m2"`
	MovedM2       m2     `json:"moved_m2"`
	Derivation    string `json:"derivation"`
}

// later is the file of what comes after: the uploads, and what must become of the
// ledger.
func (c *County) later() (File, error) {
	out := laterFile{ToleranceMu: 0.01}
	footprints, err := c.footprints()
	if err != nil {
		return File{}, err
	}
	for n, s := range stages {
		var looked Region
		items := []expectedItem{}
		for _, l := range c.laters {
			if l.stage != n {
				continue
			}
			looked = looked.And(l.looks)
			for _, i := range l.items {
				items = append(items, i.expected())
			}
		}
		polygon, err := looked.footprint()
		if err != nil {
			return File{}, err
		}
		footprints = append(footprints, footprint{ImagedOn: s.image.String(), Polygon: polygon})
		out.Stages = append(out.Stages, laterStage{AsOf: s.asOf.String(), Items: items, Dataset: manifestDataset{
			File: "disturbance_" + s.asOf.String() + ".zip", Layer: taohe.LayerDisturbance, Vintage: s.asOf.String(),
			Set: map[string]string{}, Footprint: append([]footprint{}, footprints...),
		}})
	}
	return jsonFile("later.json", out)
}

func (i laterItem) expected() expectedItem {
	out := expectedItem{
		Rule: i.rule, Outcome: i.outcome, Verdict: i.verdict, GroundM2: m2(i.ground.AreaM2()), RectifiedM2: m2(i.rectified.AreaM2()),
		RemainingM2: m2(i.remaining.AreaM2()), NotObservedM2: m2(i.unseen.AreaM2()), GrownM2: m2(i.grown.AreaM2()),
		MovedM2: m2(i.moved.AreaM2()), Derivation: i.why,
	}
	if i.patch != nil {
		out.PatchNo = i.patch.No
	} else {
		out.LicenceNo = i.mine.LicenceNo
	}
	return out
}

// footprint is the ground in GeoJSON by its corners alone: edges are straight in
// longitude and latitude.
func (r Region) footprint() (json.RawMessage, error) {
	polygons, err := r.polygons()
	if err != nil {
		return nil, err
	}
	coordinates := [][][][2]float64{}
	for _, rings := range polygons {
		var out [][][2]float64
		for _, ring := range rings {
			var line [][2]float64
			for _, p := range ring {
				line = append(line, [2]float64{float64(p.lon) / 1e6, float64(p.lat) / 1e6})
			}
			if line[0] != line[len(line)-1] {
				line = append(line, line[0])
			}
			out = append(out, line)
		}
		coordinates = append(coordinates, out)
	}
	return json.Marshal(map[string]any{"type": "MultiPolygon", "coordinates": coordinates})
}

// footprints are those of the first two images.
func (c *County) footprints() ([]footprint, error) {
	second := secondFootprint().bounds()
	corner := func(lon, lat int64) [2]float64 { return [2]float64{float64(lon) / 1e6, float64(lat) / 1e6} }
	polygon, err := json.Marshal(map[string]any{
		"type": "Polygon",
		"coordinates": [][][2]float64{{
			corner(second.west, second.south), corner(second.east, second.south), corner(second.east, second.north),
			corner(second.west, second.north), corner(second.west, second.south),
		}},
	})
	return []footprint{
		{ImagedOn: firstImage.String(), WholeCounty: true},
		{ImagedOn: secondImage.String(), Polygon: polygon},
	}, err
}
