package watch

import (
	"embed"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlQueue    = pg.MustLoad(sqlFS, "sql/queue.sql")
	sqlStates   = pg.MustLoad(sqlFS, "sql/states.sql")
	sqlDatabase = pg.MustLoad(sqlFS, "sql/database.sql")
)
