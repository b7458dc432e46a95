package job

import (
	"embed"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlCreateJob    = pg.MustLoad(sqlFS, "sql/create_job.sql")
	sqlAddMines     = pg.MustLoad(sqlFS, "sql/add_mines.sql")
	sqlReadJob      = pg.MustLoad(sqlFS, "sql/read_job.sql")
	sqlListJobs     = pg.MustLoad(sqlFS, "sql/list_jobs.sql")
	sqlBeginJob     = pg.MustLoad(sqlFS, "sql/begin_job.sql")
	sqlAdoptJob     = pg.MustLoad(sqlFS, "sql/adopt_job.sql")
	sqlClaimPart    = pg.MustLoad(sqlFS, "sql/claim_part.sql")
	sqlTryPart      = pg.MustLoad(sqlFS, "sql/try_part.sql")
	sqlUntryPart    = pg.MustLoad(sqlFS, "sql/untry_part.sql")
	sqlEndPart      = pg.MustLoad(sqlFS, "sql/end_part.sql")
	sqlNoteProgress = pg.MustLoad(sqlFS, "sql/note_progress.sql")
	sqlFinishJob    = pg.MustLoad(sqlFS, "sql/finish_job.sql")
	sqlEndJob       = pg.MustLoad(sqlFS, "sql/end_job.sql")
	sqlDropFiles    = pg.MustLoad(sqlFS, "sql/drop_files.sql")
	sqlDropJob      = pg.MustLoad(sqlFS, "sql/drop_job.sql")
	sqlExpireJobs   = pg.MustLoad(sqlFS, "sql/expire_jobs.sql")
	sqlPutFile      = pg.MustLoad(sqlFS, "sql/put_file.sql")
	sqlPutChunk     = pg.MustLoad(sqlFS, "sql/put_chunk.sql")
	sqlChunk        = pg.MustLoad(sqlFS, "sql/chunk.sql")
	sqlFiles        = pg.MustLoad(sqlFS, "sql/files.sql")

	sqlKeepWanted     = pg.MustLoad(sqlFS, "sql/keep_wanted.sql")
	sqlListExecutions = pg.MustLoad(sqlFS, "sql/list_executions.sql")
)
