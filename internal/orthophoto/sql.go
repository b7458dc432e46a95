package orthophoto

import (
	"embed"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlNext       = pg.MustLoad(sqlFS, "sql/next_orthophoto.sql")
	sqlHasSize    = pg.MustLoad(sqlFS, "sql/has_size.sql")
	sqlFind       = pg.MustLoad(sqlFS, "sql/find_orthophoto.sql")
	sqlPut        = pg.MustLoad(sqlFS, "sql/put_orthophoto.sql")
	sqlRead       = pg.MustLoad(sqlFS, "sql/read_orthophoto.sql")
	sqlList       = pg.MustLoad(sqlFS, "sql/list_orthophotos.sql")
	sqlNewest     = pg.MustLoad(sqlFS, "sql/newest_beneath.sql")
	sqlLast       = pg.MustLoad(sqlFS, "sql/last_orthophoto.sql")
	sqlChunks     = pg.MustLoad(sqlFS, "sql/chunks.sql")
	sqlDropOne    = pg.MustLoad(sqlFS, "sql/drop_orthophoto.sql")
	sqlPutCopy    = pg.MustLoad(sqlFS, "sql/put_copy.sql")
	sqlDropFault  = pg.MustLoad(sqlFS, "sql/drop_fault.sql")
	sqlCopyChunks = pg.MustLoad(sqlFS, "sql/copy_chunks.sql")
)
