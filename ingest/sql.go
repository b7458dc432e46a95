package ingest

import (
	"embed"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlPutCounty         = pg.MustLoad(sqlFS, "sql/put_county.sql")
	sqlGetCounty         = pg.MustLoad(sqlFS, "sql/get_county.sql")
	sqlListCounties      = pg.MustLoad(sqlFS, "sql/list_counties.sql")
	sqlBeginDataset      = pg.MustLoad(sqlFS, "sql/begin_dataset.sql")
	sqlAddFile           = pg.MustLoad(sqlFS, "sql/add_file.sql")
	sqlInvalidReason     = pg.MustLoad(sqlFS, "sql/invalid_reason.sql")
	sqlAddFootprint      = pg.MustLoad(sqlFS, "sql/add_footprint.sql")
	sqlDescribeDataset   = pg.MustLoad(sqlFS, "sql/describe_dataset.sql")
	sqlCreateTable       = pg.MustLoad(sqlFS, "sql/create_dataset_table.sql")
	sqlAttachTable       = pg.MustLoad(sqlFS, "sql/attach_dataset_table.sql")
	sqlInvalidRows       = pg.MustLoad(sqlFS, "sql/invalid_rows.sql")
	sqlRepairInvalid     = pg.MustLoad(sqlFS, "sql/repair_invalid.sql")
	sqlBaseDataset       = pg.MustLoad(sqlFS, "sql/base_dataset.sql")
	sqlCopyBaseRows      = pg.MustLoad(sqlFS, "sql/copy_base_rows.sql")
	sqlCopyBaseFiles     = pg.MustLoad(sqlFS, "sql/copy_base_files.sql")
	sqlCopyFootprints    = pg.MustLoad(sqlFS, "sql/copy_base_footprints.sql")
	sqlNumbersTaken      = pg.MustLoad(sqlFS, "sql/numbers_taken.sql")
	sqlDropExisting      = pg.MustLoad(sqlFS, "sql/drop_existing.sql")
	sqlDropReplaced      = pg.MustLoad(sqlFS, "sql/drop_replaced.sql")
	sqlChanges           = pg.MustLoad(sqlFS, "sql/changes.sql")
	sqlRememberedMapping = pg.MustLoad(sqlFS, "sql/remembered_mapping.sql")
	sqlDropEmpty         = pg.MustLoad(sqlFS, "sql/drop_empty.sql")
	sqlRefuseConflicting = pg.MustLoad(sqlFS, "sql/refuse_conflicting_licences.sql")
	sqlMergedLicences    = pg.MustLoad(sqlFS, "sql/merged_licences.sql")
	sqlLicenceAreas      = pg.MustLoad(sqlFS, "sql/licence_areas.sql")
	sqlImageDates        = pg.MustLoad(sqlFS, "sql/image_dates.sql")
	sqlFinishStaging     = pg.MustLoad(sqlFS, "sql/finish_staging.sql")
	sqlEndDataset        = pg.MustLoad(sqlFS, "sql/end_dataset.sql")
	sqlFailInterrupted   = pg.MustLoad(sqlFS, "sql/fail_interrupted.sql")
	sqlAcceptDataset     = pg.MustLoad(sqlFS, "sql/accept_dataset.sql")
	sqlAcceptHeld        = pg.MustLoad(sqlFS, "sql/accept_held.sql")
	sqlGetDataset        = pg.MustLoad(sqlFS, "sql/get_dataset.sql")
	sqlListDatasets      = pg.MustLoad(sqlFS, "sql/list_datasets.sql")
	sqlDiagnostics       = pg.MustLoad(sqlFS, "sql/diagnostics.sql")
	sqlDiagnosticCounts  = pg.MustLoad(sqlFS, "sql/diagnostic_counts.sql")
)

var layerColumns = regexp.MustCompile(`layer_(fields|key)\((\w*)\)`)

// forLayer is a statement that its file writes for "layer_table", made for the
// table of a layer: layer_fields(t) are the layer's own columns of t, and
// layer_key(t) is the row of those that name it, or of all where none do. Names
// come from the catalogue, never from a user.
func forLayer(s pg.Statement, l taohe.Layer) string {
	return forDataset(s, l, pgx.Identifier{string(l)}.Sanitize())
}

// forDataset is forLayer for a statement that also writes for "loading_table",
// the table of one dataset that is not yet part of its layer, named as SQL
// writes it.
func forDataset(s pg.Statement, l taohe.Layer, table string) string {
	spec := TheCatalogue().Layers[l]
	sql := layerColumns.ReplaceAllStringFunc(s.SQL(), func(call string) string {
		m := layerColumns.FindStringSubmatch(call)
		var names []string
		for _, f := range spec.Fields {
			names = append(names, f.Name)
		}
		if m[1] == "key" && len(spec.Key) > 0 {
			names = slices.Clone(spec.Key)
		}
		for i, n := range names {
			names[i] = pgx.Identifier{n}.Sanitize()
			if m[2] != "" {
				names[i] = m[2] + "." + names[i]
			}
		}
		list := strings.Join(names, ", ")
		if m[1] == "key" {
			if len(spec.Key) == 0 {
				list += ", md5(st_asbinary(" + m[2] + ".geom))"
			}
			return "row(" + list + ")"
		}
		return list
	})
	sql = strings.ReplaceAll(sql, "loading_table", table)
	return strings.ReplaceAll(sql, "layer_table", pgx.Identifier{string(l)}.Sanitize())
}
