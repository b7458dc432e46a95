package ingest

import (
	"embed"
	"regexp"
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
	sqlLockCounty        = pg.MustLoad(sqlFS, "sql/lock_county.sql")
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
	sqlDeclaredAreas     = pg.MustLoad(sqlFS, "sql/declared_areas.sql")
	sqlDuplicateRows     = pg.MustLoad(sqlFS, "sql/duplicate_rows.sql")
	sqlOverlappingRows   = pg.MustLoad(sqlFS, "sql/overlapping_rows.sql")
	sqlImageDates        = pg.MustLoad(sqlFS, "sql/image_dates.sql")
	sqlFinishStaging     = pg.MustLoad(sqlFS, "sql/finish_staging.sql")
	sqlTotals            = pg.MustLoad(sqlFS, "sql/totals.sql")
	sqlCutLargeRows      = pg.MustLoad(sqlFS, "sql/cut_large_rows.sql")
	sqlLockDataset       = pg.MustLoad(sqlFS, "sql/lock_dataset.sql")
	sqlDropDatasetTable  = pg.MustLoad(sqlFS, "sql/drop_dataset_table.sql")
	sqlDropDataset       = pg.MustLoad(sqlFS, "sql/drop_dataset.sql")
	sqlEndDataset        = pg.MustLoad(sqlFS, "sql/end_dataset.sql")
	sqlLoadingBase       = pg.MustLoad(sqlFS, "sql/loading_base.sql")
	sqlHandOver          = pg.MustLoad(sqlFS, "sql/hand_over.sql")
	sqlProgress          = pg.MustLoad(sqlFS, "sql/progress.sql")
	sqlFailInterrupted   = pg.MustLoad(sqlFS, "sql/fail_interrupted.sql")
	sqlAcceptDataset     = pg.MustLoad(sqlFS, "sql/accept_dataset.sql")
	sqlAcceptHeld        = pg.MustLoad(sqlFS, "sql/accept_held.sql")
	sqlGetDataset        = pg.MustLoad(sqlFS, "sql/get_dataset.sql")
	sqlListDatasets      = pg.MustLoad(sqlFS, "sql/list_datasets.sql")
	sqlDiagnostics       = pg.MustLoad(sqlFS, "sql/diagnostics.sql")
	sqlDiagnosticCounts  = pg.MustLoad(sqlFS, "sql/diagnostic_counts.sql")
)

var layerTerm = regexp.MustCompile(`layer_(\w+)\(([\w, ]*)\)`)

// forLayer is a statement that its file writes for "layer_table", made for the
// table of a layer. The terms it may use, of rows t, a and b (or of none):
//
//	layer_fields(t)       the layer's own columns
//	layer_key(t)          the row of those that name it, or of all where none do
//	layer_number(t)       the number that no_overlap names, '' where it is not set
//	layer_apart(a, b)     whether no_overlap keeps the two apart
//	layer_declared_m2(t)  the declared area, null where the layer has none
//	layer_parcel(t)       what one declared area speaks of
//
// Names come from the catalogue, never from a user.
func forLayer(s pg.Statement, l taohe.Layer) string {
	return forDataset(s, l, pgx.Identifier{string(l)}.Sanitize())
}

// forDataset is forLayer for a statement that also writes for "loading_table",
// the table of one dataset that is not yet part of its layer, named as SQL
// writes it.
func forDataset(s pg.Statement, l taohe.Layer, table string) string {
	spec := TheCatalogue().Layers[l]
	sql := layerTerm.ReplaceAllStringFunc(s.SQL(), func(term string) string {
		m := layerTerm.FindStringSubmatch(term)
		of, other, _ := strings.Cut(m[2], ", ")
		switch m[1] {
		case "fields":
			return strings.Join(spec.columns(of), ", ")
		case "key":
			return spec.keyTerm(of)
		case "number":
			return spec.numberTerm(of)
		case "apart":
			return spec.apartTerm(of, other)
		case "declared_m2":
			return spec.declaredTerm(of)
		case "parcel":
			if l == taohe.LayerMiningRight {
				return column(of, "licence_no")
			}
			return column(of, "row_no")
		}
		return term
	})
	sql = strings.ReplaceAll(sql, "loading_table", table)
	return strings.ReplaceAll(sql, "layer_table", pgx.Identifier{string(l)}.Sanitize())
}

func column(of, name string) string {
	name = pgx.Identifier{name}.Sanitize()
	if of != "" {
		return of + "." + name
	}
	return name
}

func (s LayerSpec) columns(of string) []string {
	var names []string
	for _, f := range s.Fields {
		names = append(names, column(of, f.Name))
	}
	return names
}

func (s LayerSpec) keyTerm(of string) string {
	names := s.columns(of)
	if len(s.Key) == 0 {
		names = append(names, "md5(st_asbinary("+of+".geom))")
	} else {
		names = names[:0]
		for _, k := range s.Key {
			names = append(names, column(of, k))
		}
	}
	return "row(" + strings.Join(names, ", ") + ")"
}

func (s LayerSpec) numberTerm(of string) string {
	if s.NoOverlap == nil {
		return "''"
	}
	return column(of, s.NoOverlap.Number)
}

func (s LayerSpec) apartTerm(one, other string) string {
	if s.NoOverlap == nil {
		return "false"
	}
	a, b := s.numberTerm(one), s.numberTerm(other)
	term := a + " <> " + b
	if s.NoOverlap.Ranks {
		term += " and length(" + a + ") = length(" + b + ")"
	}
	return "(" + term + ")"
}

func (s LayerSpec) declaredTerm(of string) string {
	f, ok := s.Field(s.DeclaredArea)
	switch {
	case !ok:
		return "null::double precision"
	case f.Type == TypeAreaKM2:
		return column(of, f.Name) + " * 1e6"
	}
	return column(of, f.Name)
}
