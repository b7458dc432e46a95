package ingest

import "github.com/taohe-gis/taohe"

// OverlapSQL is overlapping_rows.sql for a layer.
func OverlapSQL(l taohe.Layer) string { return forLayer(sqlOverlappingRows, l) }

// DuplicateSQL is duplicate_rows.sql for a layer.
func DuplicateSQL(l taohe.Layer) string { return forLayer(sqlDuplicateRows, l) }
