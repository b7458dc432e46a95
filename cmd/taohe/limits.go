package main

import (
	"encoding/json"
	"io"
	"strconv"

	"github.com/taohe-gis/taohe/ingest/record"
)

var limitUnits = map[string]string{"bytes": "字节", "seconds": "秒", "times": "倍", "count": ""}

// printLimits prints every limit. The JSON is that of GET /v1/limits of a service whose
// operator set no limit of his own.
func printLimits(w io.Writer, asJSON bool) error {
	limits := record.Shown(record.DefaultLimits(), record.DefaultMaxUploadBytes)
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(struct {
			Items []record.Limit `json:"items"`
		}{limits})
	}
	t := table{head: []string{"上限", "数值", "单位", "说明"}, right: []bool{false, true}}
	for _, l := range limits {
		t.add(l.Name, strconv.FormatInt(l.Value, 10), limitUnits[l.Unit], l.Chinese)
	}
	return t.write(w)
}
