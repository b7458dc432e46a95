package ledger

import (
	"embed"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql
var sqlFS embed.FS

var (
	sqlShares     = pg.MustLoad(sqlFS, "sql/feed/shares.sql")
	sqlUnfound    = pg.MustLoad(sqlFS, "sql/feed/unfound.sql")
	sqlNewestFeed = pg.MustLoad(sqlFS, "sql/feed/newest_feed.sql")
	sqlSeal       = pg.MustLoad(sqlFS, "sql/feed/seal.sql")

	sqlLockHead      = pg.MustLoad(sqlFS, "sql/log/lock_head.sql")
	sqlMoveHead      = pg.MustLoad(sqlFS, "sql/log/move_head.sql")
	sqlPutEvent      = pg.MustLoad(sqlFS, "sql/log/put_event.sql")
	sqlNextItem      = pg.MustLoad(sqlFS, "sql/log/next_item.sql")
	sqlPutItem       = pg.MustLoad(sqlFS, "sql/log/put_item.sql")
	sqlPutSighting   = pg.MustLoad(sqlFS, "sql/log/put_sighting.sql")
	sqlPutMeasure    = pg.MustLoad(sqlFS, "sql/log/put_measure.sql")
	sqlPutFieldCheck = pg.MustLoad(sqlFS, "sql/log/put_field_check.sql")
	sqlPutPhotograph = pg.MustLoad(sqlFS, "sql/log/put_photograph.sql")
	sqlPutProposal   = pg.MustLoad(sqlFS, "sql/log/put_proposal.sql")
	sqlPutFeed       = pg.MustLoad(sqlFS, "sql/log/put_feed.sql")

	sqlItems      = pg.MustLoad(sqlFS, "sql/read/items.sql")
	sqlList       = pg.MustLoad(sqlFS, "sql/read/list.sql")
	sqlStatistics = pg.MustLoad(sqlFS, "sql/read/statistics.sql")

	sqlToday       = pg.MustLoad(sqlFS, "sql/read/today.sql")
	sqlEvents      = pg.MustLoad(sqlFS, "sql/read/events.sql")
	sqlMeasures    = pg.MustLoad(sqlFS, "sql/read/measures.sql")
	sqlProposals   = pg.MustLoad(sqlFS, "sql/read/proposals.sql")
	sqlVisits      = pg.MustLoad(sqlFS, "sql/read/visits.sql")
	sqlPhotographs = pg.MustLoad(sqlFS, "sql/read/photographs.sql")
	sqlPhotograph  = pg.MustLoad(sqlFS, "sql/read/photograph.sql")
	sqlSightings   = pg.MustLoad(sqlFS, "sql/read/sightings.sql")
	sqlMoment      = pg.MustLoad(sqlFS, "sql/read/moment.sql")
	sqlItemsAt     = pg.MustLoad(sqlFS, "sql/read/items_at.sql")
	sqlTally       = pg.MustLoad(sqlFS, "sql/read/tally.sql")
	sqlProgress    = pg.MustLoad(sqlFS, "sql/read/progress.sql")

	sqlGround           = pg.MustLoad(sqlFS, "sql/close/ground.sql")
	sqlBeyond           = pg.MustLoad(sqlFS, "sql/close/beyond.sql")
	sqlMeasurable       = pg.MustLoad(sqlFS, "sql/close/measurable.sql")
	sqlCoveringApproval = pg.MustLoad(sqlFS, "sql/close/covering_approval.sql")

	sqlVerifyEvents = pg.MustLoad(sqlFS, "sql/verify/events.sql")
	sqlVerifyHead   = pg.MustLoad(sqlFS, "sql/verify/head.sql")
	sqlVerifyRows   = pg.MustLoad(sqlFS, "sql/verify/rows.sql")
	sqlVerifyRuns   = pg.MustLoad(sqlFS, "sql/verify/runs.sql")
	sqlGoneRuns     = pg.MustLoad(sqlFS, "sql/verify/gone_runs.sql")
	sqlVerifySeals  = pg.MustLoad(sqlFS, "sql/verify/seals.sql")
	sqlRestsOn      = pg.MustLoad(sqlFS, "sql/verify/rests_on.sql")
	sqlVerifyMines  = pg.MustLoad(sqlFS, "sql/verify/mines.sql")
	sqlRunDigest    = pg.MustLoad(sqlFS, "sql/verify/run_digest.sql")

	sqlAddWebhook    = pg.MustLoad(sqlFS, "sql/webhook/add_webhook.sql")
	sqlWebhooks      = pg.MustLoad(sqlFS, "sql/webhook/webhooks.sql")
	sqlRemoveWebhook = pg.MustLoad(sqlFS, "sql/webhook/remove_webhook.sql")
	sqlNoteDelivery  = pg.MustLoad(sqlFS, "sql/webhook/note_delivery.sql")
)
