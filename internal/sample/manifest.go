package sample

import (
	"encoding/json"

	"github.com/taohe-gis/taohe"
)

// The manifest lists the uploads in order, so that a program can load the
// county without knowing it.
type manifest struct {
	County   manifestCounty    `json:"county"`
	AsOf     string            `json:"as_of"`
	Datasets []manifestDataset `json:"datasets"`
}

type manifestCounty struct {
	Code string `json:"code"`
	Name string `json:"name"`
	// Extent is west, south, east, north in degrees.
	Extent [4]float64 `json:"extent"`
}

type manifestDataset struct {
	File    string      `json:"file"`
	Layer   taohe.Layer `json:"layer"`
	Vintage string      `json:"vintage"`
	// Source tells the two sources of forest and grassland apart; empty elsewhere.
	Source    string            `json:"source"`
	Set       map[string]string `json:"set"`
	Footprint []footprint       `json:"footprint,omitempty"`
}

// A footprint is the ground interpreted on an image: all of the county, or a
// polygon.
type footprint struct {
	ImagedOn    string          `json:"imaged_on"`
	WholeCounty bool            `json:"whole_county,omitempty"`
	Polygon     json.RawMessage `json:"polygon,omitempty"`
}

// secondFootprint reaches beyond the county on three sides; on the fourth it
// ends within it.
func secondFootprint() Region {
	const beyond = 50_000
	return box(countyWest-beyond, countySouth-beyond, secondImageEast, countyNorth+beyond)
}

func (c *County) manifest() (File, error) {
	footprints, err := c.footprints()
	if err != nil {
		return File{}, err
	}
	dataset := func(file string, layer taohe.Layer, vintage taohe.Date, source string, f ...footprint) manifestDataset {
		return manifestDataset{file, layer, vintage.String(), source, map[string]string{}, f}
	}
	return jsonFile("manifest.json", manifest{
		County: manifestCounty{CountyCode, CountyName, [4]float64{countyWest / 1e6, countySouth / 1e6, countyEast / 1e6, countyNorth / 1e6}},
		AsOf:   asOf.String(),
		Datasets: []manifestDataset{
			dataset("division.geojson", taohe.LayerDivision, day(2021, 12, 31), ""),
			dataset("mining_right.zip", taohe.LayerMiningRight, day(2022, 4, 30), ""),
			dataset("land_approval.zip", taohe.LayerLandApproval, asOf, ""),
			dataset("protected_area.zip", taohe.LayerProtectedArea, day(2021, 12, 31), ""),
			dataset("water_source.geojson", taohe.LayerWaterSource, day(2021, 12, 31), ""),
			dataset("forest.zip", taohe.LayerForest, day(2021, 12, 31), "forestry"),
			dataset("grassland.geojson", taohe.LayerGrassland, day(2021, 12, 31), "land_survey"),
			dataset("disturbance.zip", taohe.LayerDisturbance, asOf, "", footprints...),
		},
	})
}
