package geojson

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taohe-gis/taohe/ingest/record"
)

const wgs84 = 4326

// readCRS reads a "crs" member of the 2008 format (§3), which RFC 7946
// dropped and programs still write: named by URN, by "EPSG:n" or, older, by
// code. It reports false for one that says something else.
func readCRS(raw jsontext.Value) (record.Reference, bool) {
	if raw.Kind() == 'n' {
		// "No reference system can be assumed", says the 2008 format.
		return record.Reference{}, true
	}
	var crs struct {
		Type       string `json:"type"`
		Properties struct {
			Name string         `json:"name"`
			Code jsontext.Value `json:"code"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(raw, &crs); err != nil {
		return record.Reference{}, false
	}
	code := 0
	switch {
	case strings.EqualFold(crs.Type, "name"):
		code = namedCRS(crs.Properties.Name)
	case strings.EqualFold(crs.Type, "EPSG"):
		code, _ = strconv.Atoi(strings.Trim(string(crs.Properties.Code), `"`))
	}
	if code <= 0 {
		return record.Reference{}, false
	}
	return record.Reference{EPSG: code, How: "geojson-crs"}, true
}

func namedCRS(name string) int {
	upper := strings.ToUpper(strings.TrimSpace(name))
	if strings.HasSuffix(upper, "CRS84") || strings.HasSuffix(upper, "CRS84H") {
		return wgs84
	}
	if !strings.Contains(upper, "EPSG") {
		return 0
	}
	last := strings.LastIndexAny(upper, ":/")
	code, err := strconv.Atoi(upper[last+1:])
	if err != nil {
		return 0
	}
	return code
}
