package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/migrations"
)

var (
	indexMade    = regexp.MustCompile(`(?m)^create (?:unique )?index ([a-z_0-9]+) on`)
	indexDropped = regexp.MustCompile(`(?m)^drop index (?:if exists )?([a-z_0-9]+);`)
)

// indexNames are those that the migrations make and leave.
func indexNames(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, file := range files {
		b, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		up, _, _ := strings.Cut(string(b), "-- +goose Down")
		for _, m := range indexMade.FindAllStringSubmatch(up, -1) {
			names = append(names, m[1])
		}
		for _, m := range indexDropped.FindAllStringSubmatch(up, -1) {
			names = without(names, m[1])
		}
	}
	return names, nil
}

func without(names []string, gone string) []string {
	var left []string
	for _, n := range names {
		if n != gone {
			left = append(left, n)
		}
	}
	return left
}

func (x *examination) indexes(ctx context.Context, pool *pgxpool.Pool) {
	names, err := indexNames(migrations.FS)
	if err != nil {
		x.broken("indexes", err)
		return
	}
	rows, err := pool.Query(ctx, sqlIndexes.SQL(), pgx.StrictNamedArgs{"names": names})
	if err != nil {
		x.broken("indexes", err)
		return
	}
	bad, err := pgx.CollectRows(rows, pgx.RowTo[string])
	switch {
	case err != nil:
		x.broken("indexes", err)
	case len(bad) > 0:
		x.say("indexes", Fail, "索引缺失或无效："+strings.Join(bad, "，"), "无效的运行 reindex index；缺失的按 migrations 中的语句重建。")
	default:
		x.say("indexes", OK, fmt.Sprintf("%d 个索引齐全、有效", len(names)), "")
	}
}

// The server stops taking writes when the oldest transaction is 2^31 back.
const oldTransactions = 1_000_000_000

func (x *examination) vacuum(ctx context.Context, pool *pgxpool.Pool) {
	var dead []string
	var age int64
	if err := pool.QueryRow(ctx, sqlVacuum.SQL()).Scan(&dead, &age); err != nil {
		x.broken("vacuum", err)
		return
	}
	switch {
	case age > oldTransactions:
		x.say("vacuum", Fail, fmt.Sprintf("最老的事务已过 %d 亿个编号", age/100_000_000), "数据库不久将停止写入。请立即运行 vacuum freeze，并检查 autovacuum 是否开启。")
	case len(dead) > 0:
		x.say("vacuum", Warn, "表中多半是已删的行："+strings.Join(dead, "，"), "请运行 vacuum analyze，并检查 autovacuum 是否开启、有没有长期不结束的事务。")
	default:
		x.say("vacuum", OK, "清理正常", "")
	}
}

// How far clocks may be apart.
const (
	apartWarn = 5 * time.Second
	apartFail = time.Minute
)

// clock compares this machine's with the database's, and both with the latest time
// that was written: what lies in the future was written by a clock that has been put
// back since.
func (x *examination) clock(ctx context.Context, pool *pgxpool.Pool) {
	var now, latest time.Time
	var written *time.Time
	before := x.o.Now()
	err := pool.QueryRow(ctx, `select now, case when isfinite(latest) then latest end from (`+sqlClock.SQL()+`) as c`).Scan(&now, &written)
	if err != nil {
		x.broken("clock", err)
		return
	}
	after := x.o.Now()
	if written != nil {
		latest = *written
	}
	// Between the two is when the server looked at its own.
	apart := max(before.Sub(now), now.Sub(after), 0)
	text := "本机与数据库的时钟相差 " + apart.Round(time.Millisecond).String()
	const next = "请在两台机器上启用时间同步（chrony 或 systemd-timesyncd）。"
	switch {
	case latest.Sub(now) > apartWarn:
		x.say("clock", Fail, fmt.Sprintf("时钟倒退过：数据库中最晚的记录写于 %s，而现在是 %s", latest.UTC().Format(time.DateTime), now.UTC().Format(time.DateTime)),
			next+"台账按编号排列，不受影响；到期与任务的保留以时钟为准，在此之前会推迟。")
	case apart > apartFail:
		x.say("clock", Fail, text, next)
	default:
		x.say("clock", when(apart > apartWarn, Warn), text, next)
	}
}

// chain takes the ledger's chain anew, and the digests of runs if that is asked for.
func (x *examination) chain(ctx context.Context, pool *pgxpool.Pool) {
	var v ledger.Verification
	of := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, pool, of, func(tx pgx.Tx) error {
		if err := v.VerifyLog(ctx, tx); err != nil || !x.o.Runs {
			return err
		}
		return v.VerifyRuns(ctx, tx)
	})
	switch {
	case err != nil:
		x.broken("chain", err)
	case len(v.Breaks) > 0:
		x.say("chain", Fail, fmt.Sprintf("与写入时不同的有 %d 处，首处：%s", len(v.Breaks), v.Breaks[0]),
			"有人绕过程序改过数据，或磁盘出错。请停止使用，运行 taohe verify 列出全部，并从备份恢复。")
	case x.o.Runs:
		x.say("chain", OK, fmt.Sprintf("台账 %d 个事件、%d 次套合与写入时一致", v.Events, v.Runs), "")
	default:
		x.say("chain", OK, fmt.Sprintf("台账 %d 个事件与写入时一致（套合未核对，加 --runs 核对）", v.Events), "")
	}
}
