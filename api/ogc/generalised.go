package ogc

import (
	"maps"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/cql2"
	"github.com/taohe-gis/taohe/internal/generalise"
)

// generalisedProperties are those that only features of tiles have, which are
// drawn of generalised copies.
var generalisedProperties = []property{
	{name: "generalised", title: "概化图形：仅供显示，不可量测", is: cql2.Bool},
	{name: "class", title: "方格内面积最大的类", is: cql2.Text},
	{name: "class_share", title: "该类占方格面积的比例", is: cql2.Number},
	{name: "share", title: "本图层占方格面积的比例", is: cql2.Number},
	{name: "count", title: "方格内的图形个数", is: cql2.Number, integer: true},
}

// rowsWithoutCopies is how many rows there are of which tiles can show nothing but
// the rows themselves; of findings that is not known, and they are few.
func (s snapshot) rowsWithoutCopies() int {
	rows := 0
	for _, v := range s.versions {
		if v.GeneralisedAt == nil {
			rows += v.CountingRows
		}
	}
	return rows
}

// copiesMade says when the copies were made that there are.
func (s snapshot) copiesMade() map[int64]int64 {
	made := map[int64]int64{}
	for _, v := range s.versions {
		if v.GeneralisedAt != nil {
			made[v.ID] = v.GeneralisedAt.UnixMicro()
		}
	}
	return made
}

// atLevel are the arguments of a collection's statement for what a level shows as
// rows, and those of its copies.
func (s snapshot) atLevel(level int) (rows, copies pgx.StrictNamedArgs) {
	shaped, celled, copied := []int64{}, []int64{}, []int64{}
	for _, v := range s.versions {
		if v.GeneralisedAt != nil {
			copied = append(copied, v.ID)
		}
		if v.GeneralisedAt != nil && level < *v.ShapesFrom && *s.count > fewRows {
			celled = append(celled, v.ID)
		} else {
			shaped = append(shaped, v.ID)
		}
	}
	rows = maps.Clone(s.rows)
	if s.versions != nil {
		rows["datasets"] = shaped
	}
	return rows, pgx.StrictNamedArgs{
		"copied": copied, "celled": celled, "level": level, "cell_degrees": generalise.CellDegrees(level),
		"copy_level": generalise.ShapeLevel(level), "tolerance_degrees": generalise.ToleranceDegrees(level),
	}
}
