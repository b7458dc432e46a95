package access

import (
	"embed"

	"github.com/taohe-gis/taohe/internal/pg"
)

//go:embed sql
var sqlFS embed.FS

var (
	sqlAnyAccount    = pg.MustLoad(sqlFS, "sql/any_account.sql")
	sqlPutAccount    = pg.MustLoad(sqlFS, "sql/put_account.sql")
	sqlAccounts      = pg.MustLoad(sqlFS, "sql/accounts.sql")
	sqlChangeAccount = pg.MustLoad(sqlFS, "sql/change_account.sql")
	sqlSetPassword   = pg.MustLoad(sqlFS, "sql/set_password.sql")
	sqlEndSessions   = pg.MustLoad(sqlFS, "sql/end_sessions.sql")

	sqlBeginTry    = pg.MustLoad(sqlFS, "sql/begin_try.sql")
	sqlForgetTries = pg.MustLoad(sqlFS, "sql/forget_tries.sql")
	sqlPutSession  = pg.MustLoad(sqlFS, "sql/put_session.sql")
	sqlSession     = pg.MustLoad(sqlFS, "sql/session.sql")
	sqlTouch       = pg.MustLoad(sqlFS, "sql/touch_session.sql")
	sqlDropSession = pg.MustLoad(sqlFS, "sql/drop_session.sql")

	sqlBeginSignIn      = pg.MustLoad(sqlFS, "sql/begin_sign_in.sql")
	sqlEndSignIn        = pg.MustLoad(sqlFS, "sql/end_sign_in.sql")
	sqlAccountOfSubject = pg.MustLoad(sqlFS, "sql/account_of_subject.sql")

	sqlPutToken     = pg.MustLoad(sqlFS, "sql/put_token.sql")
	sqlTokens       = pg.MustLoad(sqlFS, "sql/tokens.sql")
	sqlRevokeTokens = pg.MustLoad(sqlFS, "sql/revoke_tokens.sql")
	sqlRevokeToken  = pg.MustLoad(sqlFS, "sql/revoke_token.sql")
	sqlToken        = pg.MustLoad(sqlFS, "sql/token.sql")
	sqlUseToken     = pg.MustLoad(sqlFS, "sql/use_token.sql")

	sqlAppendAudit = pg.MustLoad(sqlFS, "sql/append_audit.sql")
	sqlAudit       = pg.MustLoad(sqlFS, "sql/audit.sql")
	sqlAuditChain  = pg.MustLoad(sqlFS, "sql/audit_chain.sql")
	sqlAuditHead   = pg.MustLoad(sqlFS, "sql/audit_head.sql")
)

var sqlCountiesOfLicence = pg.MustLoad(sqlFS, "sql/counties_of_licence.sql")

// countiesOf finds the counties that each kind of thing is of.
var countiesOf = map[Thing]pg.Statement{
	Dataset:    pg.MustLoad(sqlFS, "sql/counties_of_dataset.sql"),
	Run:        pg.MustLoad(sqlFS, "sql/counties_of_run.sql"),
	Mine:       pg.MustLoad(sqlFS, "sql/counties_of_mine.sql"),
	Item:       pg.MustLoad(sqlFS, "sql/counties_of_item.sql"),
	Job:        pg.MustLoad(sqlFS, "sql/counties_of_job.sql"),
	Orthophoto: pg.MustLoad(sqlFS, "sql/counties_of_orthophoto.sql"),
}
