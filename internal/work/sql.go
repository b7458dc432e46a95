package work

import (
	"embed"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlRescueJobs     = pg.MustLoad(sqlFS, "sql/rescue_jobs.sql")
	sqlHastenJobs     = pg.MustLoad(sqlFS, "sql/hasten_jobs.sql")
	sqlForgetLeader   = pg.MustLoad(sqlFS, "sql/forget_leader.sql")
	sqlUnfinishedJobs = pg.MustLoad(sqlFS, "sql/unfinished_jobs.sql")
	sqlSpooledFolders = pg.MustLoad(sqlFS, "sql/spooled_folders.sql")
	sqlLockDataset    = pg.MustLoad(sqlFS, "sql/lock_dataset.sql")
	sqlUnlockDataset  = pg.MustLoad(sqlFS, "sql/unlock_dataset.sql")
	sqlDueWebhooks    = pg.MustLoad(sqlFS, "sql/due_webhooks.sql")
)
