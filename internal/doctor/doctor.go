// Package doctor looks at everything a service rests on, and says of each what was
// found and what is to be done. It changes nothing.
package doctor

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql/*.sql
var sqlFS embed.FS

var (
	sqlSettings = pg.MustLoad(sqlFS, "sql/settings.sql")
	sqlIndexes  = pg.MustLoad(sqlFS, "sql/indexes.sql")
	sqlVacuum   = pg.MustLoad(sqlFS, "sql/vacuum.sql")
	sqlClock    = pg.MustLoad(sqlFS, "sql/clock.sql")
)

// How bad a line is.
const (
	OK   = "ok"
	Warn = "warn" // it works, and something should be done
	Fail = "fail" // what is found or promised cannot be relied on
)

// A Line is one thing that was looked at.
type Line struct {
	Code  string `json:"code"`
	Level string `json:"level"`
	// Found is what was found, Next what to do where it is not well; both Chinese.
	Found string `json:"found"`
	Next  string `json:"next,omitempty"`
}

// Options say what to look at.
type Options struct {
	// Open connects to the database; it is asked once.
	Open func(context.Context) (*pgxpool.Pool, error)
	// Connections are how many a service with its worker needs.
	Connections int64
	// Folders are places whose disks must have room, by what they are for.
	Folders map[string]string
	// Font is the font of maps; the usual places when empty.
	Font string
	// Runs has the digests of all runs taken anew, which takes a while.
	Runs bool
	// Now is this machine's clock.
	Now func() time.Time
}

// Look looks at everything. What cannot be looked at is a line too.
func Look(ctx context.Context, o Options) []Line {
	x := &examination{o: o}
	pool, err := o.Open(ctx)
	if err != nil {
		x.say("database", Fail, "数据库连接不上："+err.Error(), "请检查数据库是否在运行、--database-url 是否正确、网络与口令是否可用。")
	} else {
		defer pool.Close()
		x.database(ctx, pool)
	}
	x.disks()
	x.programs(ctx)
	return x.lines
}

type examination struct {
	o     Options
	lines []Line
}

func (x *examination) say(code, level, found, next string) {
	if level == OK {
		next = ""
	}
	x.lines = append(x.lines, Line{code, level, found, next})
}

// when is a level where something is not well, else OK.
func when(bad bool, level string) string {
	if bad {
		return level
	}
	return OK
}

// broken says that something could not be asked.
func (x *examination) broken(code string, err error) {
	x.say(code, Fail, "查不出来："+err.Error(), "请看数据库的日志；修好后重新运行 taohe doctor。")
}

// database looks at the server, and, where the schema is this program's, at what
// is in it.
func (x *examination) database(ctx context.Context, pool *pgxpool.Pool) {
	x.settings(ctx, pool)
	if err := pg.Check(ctx, pool); err != nil {
		x.say("schema", Fail, "数据库不可用："+err.Error(), "结构版本较旧时运行 taohe migrate；其余按提示处理。")
	} else {
		x.say("schema", OK, "结构版本、坐标系与空间索引正常", "")
	}
	var there bool
	if err := pool.QueryRow(ctx, `select to_regclass('ledger_event') is not null and to_regclass('job') is not null`).Scan(&there); err != nil {
		x.broken("schema", err)
		return
	}
	if !there {
		return // nothing to look at yet, as the line of the schema says
	}
	x.indexes(ctx, pool)
	x.vacuum(ctx, pool)
	x.clock(ctx, pool)
	x.chain(ctx, pool)
}

func (x *examination) settings(ctx context.Context, pool *pgxpool.Pool) {
	var version, postgis, fsync, pages, commit, jit, zone, encoding, checksums string
	var buffers, work, connections int64
	err := pool.QueryRow(ctx, sqlSettings.SQL()).Scan(&version, &postgis, &fsync, &pages, &commit, &jit, &zone, &encoding, &checksums, &buffers, &work, &connections)
	if err != nil {
		x.broken("versions", err)
		return
	}
	version, _, _ = strings.Cut(version, " on ")
	x.say("versions", OK, version+"；"+versions(postgis), "")
	x.say("fsync", when(fsync != "on", Fail), "fsync = "+fsync, "断电会损坏数据库。请在 postgresql.conf 中改为 on 并重启数据库。")
	x.say("full_page_writes", when(pages != "on", Fail), "full_page_writes = "+pages, "断电会损坏数据库。请在 postgresql.conf 中改为 on 并重新加载。")
	x.say("synchronous_commit", when(commit == "off", Warn), "synchronous_commit = "+commit, "断电会丢失最后一秒已答复“完成”的操作。请改为 on。")
	x.say("jit", when(jit != "off", Warn), "jit = "+jit, "套合的语句编译比执行更久。请对本库设为 off：alter database … set jit = off。")
	x.say("timezone", when(zone != "UTC", Fail), "会话时区 "+zone, "程序的会话应为 UTC。中间的连接池可能改掉了启动参数，请让它放行 timezone。")
	x.say("encoding", when(encoding != "UTF8", Fail), "编码 "+encoding, "请用 UTF8 编码新建数据库，再恢复备份。")
	x.say("checksums", when(checksums != "on", Warn), "data_checksums = "+checksums, "磁盘悄悄出错时发现不了。可停库后运行 pg_checksums --enable。")
	x.say("shared_buffers", when(buffers < 128<<20, Warn), "shared_buffers = "+size(buffers), "请设为内存的四分之一左右，至少 128 MB。")
	x.say("work_mem", when(work < 16<<20, Warn), "work_mem = "+size(work), "大县的排序会落到磁盘上，变慢数倍。请设为 16 MB 以上。")
	x.say("max_connections", when(connections < x.o.Connections, Fail), fmt.Sprintf("可用连接 %d，一个服务最多用 %d", connections, x.o.Connections),
		"请调大 max_connections 并重启数据库，或调小 --workers。")
}

// versions picks those of the libraries that decide on digits out of
// postgis_full_version().
func versions(full string) string {
	var found []string
	for _, name := range []string{"POSTGIS", "GEOS", "PROJ"} {
		if _, rest, ok := strings.Cut(full, name+`="`); ok {
			v, _, _ := strings.Cut(rest, `"`)
			v, _, _ = strings.Cut(v, " ")
			found = append(found, name+" "+v)
		}
	}
	return strings.Join(found, "，")
}

func size(bytes int64) string {
	if bytes >= 10<<30 {
		return fmt.Sprintf("%.0f GB", float64(bytes)/(1<<30))
	}
	return fmt.Sprintf("%d MB", bytes>>20)
}
