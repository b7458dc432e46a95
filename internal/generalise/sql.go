package generalise

import (
	"embed"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlDue            = pg.MustLoad(sqlFS, "sql/due_datasets.sql")
	sqlDropSuperseded = pg.MustLoad(sqlFS, "sql/drop_superseded.sql")
	sqlReadDataset    = pg.MustLoad(sqlFS, "sql/read_dataset.sql")
	sqlCrowded        = pg.MustLoad(sqlFS, "sql/crowded.sql")
	sqlBegin          = pg.MustLoad(sqlFS, "sql/begin.sql")
	sqlHold           = pg.MustLoad(sqlFS, "sql/hold.sql")
	sqlPutShapes      = pg.MustLoad(sqlFS, "sql/put_shapes.sql")
	sqlPutParts       = pg.MustLoad(sqlFS, "sql/put_parts.sql")
	sqlAdvance        = pg.MustLoad(sqlFS, "sql/advance.sql")
	sqlPutCells       = pg.MustLoad(sqlFS, "sql/put_cells.sql")
	sqlDropParts      = pg.MustLoad(sqlFS, "sql/drop_parts.sql")
	sqlComplete       = pg.MustLoad(sqlFS, "sql/complete.sql")
	sqlEnd            = pg.MustLoad(sqlFS, "sql/end.sql")
	sqlForget         = pg.MustLoad(sqlFS, "sql/forget.sql")
	sqlList           = pg.MustLoad(sqlFS, "sql/list.sql")
)
