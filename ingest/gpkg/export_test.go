package gpkg

import (
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// ParseGeometry reads one geometry without a database around it.
func ParseGeometry(b []byte, lim record.Limits) (geom.T, []taohe.Diagnostic) {
	r := wkbReader{limits: lim}
	s := r.parse(b)
	return s.geometry, s.notes
}
