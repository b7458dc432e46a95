package overlay

import (
	"embed"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql
var sqlFS embed.FS

var (
	sqlCreateRun       = pg.MustLoad(sqlFS, "sql/run/create_run.sql")
	sqlStartRun        = pg.MustLoad(sqlFS, "sql/run/start_run.sql")
	sqlFixDatasets     = pg.MustLoad(sqlFS, "sql/run/fix_datasets.sql")
	sqlFixMines        = pg.MustLoad(sqlFS, "sql/run/fix_mines.sql")
	sqlFixLicences     = pg.MustLoad(sqlFS, "sql/run/fix_licences.sql")
	sqlMissingLayers   = pg.MustLoad(sqlFS, "sql/run/missing_layers.sql")
	sqlNotEvaluated    = pg.MustLoad(sqlFS, "sql/run/not_evaluated.sql")
	sqlPatches         = pg.MustLoad(sqlFS, "sql/run/attribute_patches.sql")
	sqlApprovals       = pg.MustLoad(sqlFS, "sql/run/attribute_approvals.sql")
	sqlUnattributed    = pg.MustLoad(sqlFS, "sql/run/unattributed_overlap.sql")
	sqlNoteAttribution = pg.MustLoad(sqlFS, "sql/run/note_attributions.sql")
	sqlCountMines      = pg.MustLoad(sqlFS, "sql/run/count_mines.sql")
	sqlMineDone        = pg.MustLoad(sqlFS, "sql/run/mine_done.sql")
	sqlMineFailed      = pg.MustLoad(sqlFS, "sql/run/mine_failed.sql")
	sqlProgress        = pg.MustLoad(sqlFS, "sql/run/progress.sql")
	sqlFinishRun       = pg.MustLoad(sqlFS, "sql/run/finish_run.sql")
	sqlEndRun          = pg.MustLoad(sqlFS, "sql/run/end_run.sql")
	sqlMarkFixed       = pg.MustLoad(sqlFS, "sql/run/mark_fixed.sql")
	sqlCarryBase       = pg.MustLoad(sqlFS, "sql/run/carry_base.sql")
	sqlCarryMines      = pg.MustLoad(sqlFS, "sql/run/carry_mines.sql")
	sqlPendingMines    = pg.MustLoad(sqlFS, "sql/run/pending_mines.sql")
	sqlWhatIfDatasets  = pg.MustLoad(sqlFS, "sql/run/what_if_datasets.sql")
	sqlDropWhatIf      = pg.MustLoad(sqlFS, "sql/run/drop_what_if.sql")
	sqlFailInterrupted = pg.MustLoad(sqlFS, "sql/run/fail_interrupted.sql")

	sqlExplainParts     = pg.MustLoad(sqlFS, "sql/explain/parts.sql")
	sqlExplainLicence   = pg.MustLoad(sqlFS, "sql/explain/licence_rows.sql")
	sqlExplainApprovals = pg.MustLoad(sqlFS, "sql/explain/approvals.sql")
	sqlExplainGround    = pg.MustLoad(sqlFS, "sql/explain/ground_by_kind.sql")

	sqlRunBefore     = pg.MustLoad(sqlFS, "sql/diff/run_before.sql")
	sqlDiffFindings  = pg.MustLoad(sqlFS, "sql/diff/findings.sql")
	sqlDiffRows      = pg.MustLoad(sqlFS, "sql/diff/rows.sql")
	sqlDescribedRows = pg.MustLoad(sqlFS, "sql/diff/described_rows.sql")
	sqlDiffDatasets  = pg.MustLoad(sqlFS, "sql/diff/datasets.sql")
	sqlDiffMines     = pg.MustLoad(sqlFS, "sql/diff/mines.sql")

	sqlInvalidOperands = pg.MustLoad(sqlFS, "sql/mine/invalid_operands.sql")
	sqlInvalidCited    = pg.MustLoad(sqlFS, "sql/mine/invalid_cited.sql")
	sqlInvalidNear     = pg.MustLoad(sqlFS, "sql/mine/invalid_near.sql")
	sqlPutOnGrid       = pg.MustLoad(sqlFS, "sql/mine/put_on_grid.sql")
	sqlGroundImage     = pg.MustLoad(sqlFS, "sql/mine/ground_image.sql")
	sqlGroundPiece     = pg.MustLoad(sqlFS, "sql/mine/ground_piece.sql")
	sqlGroundPart      = pg.MustLoad(sqlFS, "sql/mine/ground_part.sql")
	sqlGroundAccount   = pg.MustLoad(sqlFS, "sql/mine/ground_account.sql")
	sqlApprovalAccount = pg.MustLoad(sqlFS, "sql/mine/approval_account.sql")
	sqlFinding         = pg.MustLoad(sqlFS, "sql/mine/finding.sql")
	sqlCitation        = pg.MustLoad(sqlFS, "sql/mine/citation.sql")

	sqlGroundClass    = pg.MustLoad(sqlFS, "sql/relation/ground_class.sql")
	sqlApprovalState  = pg.MustLoad(sqlFS, "sql/relation/approval_state.sql")
	sqlOutsideLicence = pg.MustLoad(sqlFS, "sql/relation/outside_licence.sql")
	sqlInsideLayer    = pg.MustLoad(sqlFS, "sql/relation/inside_layer.sql")

	sqlBreakdownRestrictingGround = pg.MustLoad(sqlFS, "sql/breakdown/restricting_ground.sql")
	sqlBreakdownOtherLicence      = pg.MustLoad(sqlFS, "sql/breakdown/other_licence.sql")
)

var (
	sqlReadRun            = pg.MustLoad(sqlFS, "sql/read/run.sql")
	sqlReadRuns           = pg.MustLoad(sqlFS, "sql/read/list_runs.sql")
	sqlReadNewestRun      = pg.MustLoad(sqlFS, "sql/read/newest_run.sql")
	sqlReadNewestComplete = pg.MustLoad(sqlFS, "sql/read/newest_complete_run.sql")
	sqlReadDatasets       = pg.MustLoad(sqlFS, "sql/read/datasets.sql")
	sqlReadApproximate    = pg.MustLoad(sqlFS, "sql/read/approximate_sources.sql")
	sqlReadMines          = pg.MustLoad(sqlFS, "sql/read/mines.sql")
	sqlReadMine           = pg.MustLoad(sqlFS, "sql/read/mine.sql")
	sqlReadAccount        = pg.MustLoad(sqlFS, "sql/read/account.sql")
	sqlReadComponents     = pg.MustLoad(sqlFS, "sql/read/components.sql")
	sqlReadParts          = pg.MustLoad(sqlFS, "sql/read/parts.sql")
	sqlReadApprovals      = pg.MustLoad(sqlFS, "sql/read/approvals.sql")
	sqlReadFindings       = pg.MustLoad(sqlFS, "sql/read/findings.sql")
	sqlReadBreakdowns     = pg.MustLoad(sqlFS, "sql/read/breakdowns.sql")
	sqlReadCitations      = pg.MustLoad(sqlFS, "sql/read/citations.sql")
	sqlReadPatches        = pg.MustLoad(sqlFS, "sql/read/patches.sql")
	sqlReadUnattributed   = pg.MustLoad(sqlFS, "sql/read/unattributed_overlaps.sql")
	sqlReadNotEvaluated   = pg.MustLoad(sqlFS, "sql/read/not_evaluated.sql")
	sqlReadDiagnostics    = pg.MustLoad(sqlFS, "sql/read/run_diagnostics.sql")
	sqlReadItemFindings   = pg.MustLoad(sqlFS, "sql/read/item_findings.sql")
)
