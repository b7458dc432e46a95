package ingest

import (
	"embed"
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
	sqlLockDataset       = pg.MustLoad(sqlFS, "sql/lock_dataset.sql")
	sqlDescribeDataset   = pg.MustLoad(sqlFS, "sql/describe_dataset.sql")
	sqlRepairInvalid     = pg.MustLoad(sqlFS, "sql/repair_invalid.sql")
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

// forLayer is a statement that its file writes for "layer_table", made for the
// table of a layer. A layer's name is one of a closed list, never user input.
func forLayer(s pg.Statement, l taohe.Layer) string {
	return strings.ReplaceAll(s.SQL(), "layer_table", pgx.Identifier{string(l)}.Sanitize())
}
