package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

// withAccess hands over the accounts, and who asks: whoever may run this program
// on the database may change all of them.
func (s *session) withAccess(fn func(a *access.Access, by access.Caller) error) error {
	return s.withPipeline(s.cli.Database, true, func(_ *pipeline.Pipeline, pool *pgxpool.Pool) error {
		err := fn(access.New(pool), commander())
		if errors.Is(err, access.ErrNotFound) {
			return &exitError{2, "没有这个账号或令牌。现有的见 taohe account list、taohe token list。"}
		}
		return err
	})
}

// commander is who runs the program.
func commander() access.Caller {
	name := "?"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return access.Caller{Name: name, Role: access.Admin, Via: access.ViaCommand}
}

type accountCmd struct {
	Add    accountAddCmd    `cmd:"" help:"Make an account. The first is to be one of an admin; from then on the service asks everybody to sign in."`
	List   accountListCmd   `cmd:"" default:"1" help:"List the accounts."`
	Change accountChangeCmd `cmd:"" help:"Give an account another role, other counties or another password; disable or enable it."`
}

type accountAddCmd struct {
	Name     string   `arg:"" help:"Name to sign in with, which the ledger and the audit log print. It cannot be changed, nor given to another."`
	Role     string   `enum:"viewer,editor,inspector,approver,admin" default:"viewer" help:"What the account may do: ${enum}."`
	Admin    bool     `help:"The same as --role admin."`
	County   []string `placeholder:"CODE" help:"County that the account is bound to; repeatable. Default: all."`
	Issuer   string   `placeholder:"URL" help:"OpenID Connect issuer that vouches for the account; no password is asked for."`
	Subject  string   `help:"Who the account is there (sub)."`
	Password bool     `default:"true" negatable:"" help:"Ask for a password; read from standard input where that is no terminal."`
}

func (c *accountAddCmd) changes() string { return c.Name }

func (c *accountAddCmd) Run(s *session) error {
	n := access.NewAccount{Name: c.Name, Role: access.Role(c.Role), Counties: c.County, Issuer: c.Issuer, Subject: c.Subject}
	if c.Admin {
		n.Role = access.Admin
	}
	if c.Password && c.Issuer == "" {
		var err error
		if n.Password, err = readPassword(s.errOut); err != nil {
			return err
		}
	}
	return s.withAccess(func(a *access.Access, by access.Caller) error {
		account, err := a.Create(s.ctx, by, n)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "已建立账号 %s（%s，%s）。\n", account.Name, account.Role.Title(), countiesText(account.Counties))
		return err
	})
}

func countiesText(counties []string) string {
	if counties == nil {
		return "全部旗区"
	}
	return strings.Join(counties, "、")
}

type accountListCmd struct{}

func (accountListCmd) Run(s *session) error {
	return s.withAccess(func(a *access.Access, _ access.Caller) error {
		all, err := a.Accounts(s.ctx)
		if err != nil {
			return err
		}
		t := table{head: []string{"账号", "角色", "旗区", "登录方式", "状态", "建立"}}
		for _, account := range all {
			ways := []string{}
			if account.HasPassword() {
				ways = append(ways, "密码")
			}
			if account.Issuer != "" {
				ways = append(ways, "统一认证")
			}
			state := "启用"
			if account.Disabled {
				state = "停用"
			}
			t.add(account.Name, account.Role.Title(), countiesText(account.Counties), strings.Join(ways, "、"), state, account.CreatedAt.Local().Format(time.DateOnly)+" "+account.CreatedBy)
		}
		return t.write(s.out)
	})
}

type accountChangeCmd struct {
	Name      string   `arg:"" help:"Name of the account."`
	Role      string   `enum:",viewer,editor,inspector,approver,admin" default:"" help:"Another role."`
	County    []string `placeholder:"CODE" xor:"counties" help:"County that the account is bound to from now on; repeatable."`
	AllCounty bool     `name:"all-counties" xor:"counties" help:"Bind the account to no county."`
	Disable   bool     `xor:"disabled" help:"Let the account sign in no more, and end its sessions and tokens."`
	Enable    bool     `xor:"disabled" help:"Let it sign in again."`
	Password  bool     `help:"Ask for another password, and end its sessions."`
}

// changes names what is changed, and to which rights.
func (c *accountChangeCmd) changes() string {
	what := []string{c.Name}
	if c.Role != "" {
		what = append(what, "role="+c.Role)
	}
	switch {
	case c.AllCounty:
		what = append(what, "counties=*")
	case len(c.County) > 0:
		what = append(what, "counties="+strings.Join(c.County, ","))
	}
	for _, flag := range []struct {
		set  bool
		word string
	}{{c.Disable, "disable"}, {c.Enable, "enable"}, {c.Password, "password"}} {
		if flag.set {
			what = append(what, flag.word)
		}
	}
	return strings.Join(what, " ")
}

func (c *accountChangeCmd) Run(s *session) error {
	if c.changes() == c.Name {
		return &exitError{2, "请写明要改什么，见 taohe account change --help。"}
	}
	change := access.Change{}
	if c.Role != "" {
		role := access.Role(c.Role)
		change.Role = &role
	}
	if len(c.County) > 0 || c.AllCounty {
		change.Counties = &c.County
	}
	if c.Disable || c.Enable {
		change.Disabled = &c.Disable
	}
	if c.Password {
		password, err := readPassword(s.errOut)
		if err != nil {
			return err
		}
		change.Password = &password
	}
	return s.withAccess(func(a *access.Access, _ access.Caller) error {
		account, err := a.Change(s.ctx, c.Name, change)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "已修改账号 %s（%s，%s）。\n", account.Name, account.Role.Title(), countiesText(account.Counties))
		return err
	})
}

// readPassword asks for a password twice on a terminal, without showing it; else it
// is the first line of standard input. It is never an argument, which others on the
// machine could read.
func readPassword(prompt io.Writer) (string, error) {
	lines := bufio.NewReader(os.Stdin)
	line := func() (string, error) {
		text, err := lines.ReadString('\n')
		if err != nil && (!errors.Is(err, io.EOF) || text == "") {
			return "", &exitError{2, "没有读到密码：请在终端输入，或由标准输入给出一行。"}
		}
		return strings.TrimRight(text, "\r\n"), nil
	}
	show, err := hideInput(int(os.Stdin.Fd()))
	if err != nil { // no terminal
		return line()
	}
	defer show()
	fmt.Fprint(prompt, "密码（12 个字以上，几个不相干的词即可）：")
	first, err := line()
	if err != nil {
		return "", err
	}
	fmt.Fprint(prompt, "\n再输入一次：")
	second, err := line()
	fmt.Fprintln(prompt)
	switch {
	case err != nil:
		return "", err
	case first != second:
		return "", &exitError{2, "两次输入的密码不同。"}
	}
	return first, nil
}

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token of an account for a program. It is shown once."`
	List   tokenListCmd   `cmd:"" default:"1" help:"List the tokens, newest first."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token."`
}

type tokenAddCmd struct {
	Account string   `arg:"" help:"Account whose token it is."`
	Name    string   `arg:"" help:"What it is for."`
	Role    string   `enum:"viewer,editor,inspector,approver,admin" default:"viewer" help:"What it may do, at most what the account may: ${enum}."`
	County  []string `placeholder:"CODE" help:"County that it is bound to; repeatable. Default: those of the account."`
	Days    int      `default:"90" help:"For how many days it is good, at most 366."`
}

func (c *tokenAddCmd) changes() string { return c.Account + " " + c.Name }

func (c *tokenAddCmd) Run(s *session) error {
	return s.withAccess(func(a *access.Access, _ access.Caller) error {
		owner, err := a.Account(s.ctx, c.Account)
		if err != nil {
			return err
		}
		text, t, err := a.CreateToken(s.ctx, owner, access.NewToken{Name: c.Name, Role: access.Role(c.Role), Counties: c.County, Days: c.Days})
		if err != nil {
			return err
		}
		fmt.Fprintf(s.errOut, "令牌 %d，有效至 %s。请妥善保管，只显示这一次：\n", t.ID, t.ExpiresAt.Local().Format(time.DateTime))
		_, err = fmt.Fprintln(s.out, text)
		return err
	})
}

type tokenListCmd struct{}

func (tokenListCmd) Run(s *session) error {
	return s.withAccess(func(a *access.Access, _ access.Caller) error {
		all, err := a.Tokens(s.ctx, 0)
		if err != nil {
			return err
		}
		t := table{head: []string{"编号", "账号", "用途", "角色", "旗区", "状态", "最近使用"}}
		for _, token := range all {
			state := "有效至 " + token.ExpiresAt.Local().Format(time.DateOnly)
			switch {
			case token.RevokedAt != nil:
				state = "已作废"
			case token.ExpiresAt.Before(time.Now()): //nolint:forbidigo // what a person is shown is of now
				state = "已过期"
			}
			used := "未使用"
			if token.LastUsedAt != nil {
				used = token.LastUsedAt.Local().Format(time.DateTime)
			}
			t.add(strconv.FormatInt(token.ID, 10), token.Account, token.Name, token.Role.Title(), countiesText(token.Counties), state, used)
		}
		return t.write(s.out)
	})
}

type tokenRevokeCmd struct {
	ID int64 `arg:"" help:"Number of the token."`
}

func (c *tokenRevokeCmd) changes() string { return strconv.FormatInt(c.ID, 10) }

func (c *tokenRevokeCmd) Run(s *session) error {
	return s.withAccess(func(a *access.Access, _ access.Caller) error {
		t, err := a.RevokeToken(s.ctx, 0, c.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "已作废令牌 %d（%s，%s）。\n", t.ID, t.Account, t.Name)
		return err
	})
}

type auditCmd struct {
	Actor    string `help:"Only what this account did."`
	Action   string `help:"Only operations that begin so, such as accept-dataset or account."`
	Resource string `help:"Only what has this in its address."`
	Result   string `help:"Only this result: ok, or the code of a problem."`
	Since    string `placeholder:"DAY" help:"Not before this day, YYYY-MM-DD."`
	Until    string `placeholder:"DAY" help:"Before this day."`
	Before   int64  `placeholder:"NO" help:"Only events with smaller numbers."`
	Limit    int    `default:"100" help:"At most so many."`
}

func (c *auditCmd) Run(s *session) error {
	search := access.Search{Actor: c.Actor, Action: c.Action, Resource: c.Resource, Result: c.Result, Before: c.Before, Limit: c.Limit}
	for _, day := range []struct {
		flag, written string
		into          **time.Time
	}{{"--since", c.Since, &search.Since}, {"--until", c.Until, &search.Until}} {
		if day.written == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, day.written, time.Local)
		if err != nil {
			return &exitError{2, day.flag + ": 日期应写作 YYYY-MM-DD，例如 2022-05-31。"}
		}
		*day.into = &at
	}
	return s.withAccess(func(a *access.Access, _ access.Caller) error {
		events, err := a.Audit(s.ctx, search)
		if err != nil {
			return err
		}
		t := table{head: []string{"编号", "时间", "账号", "方式", "地址", "操作", "对象", "结果"}, right: []bool{true}}
		for _, e := range events {
			t.add(strconv.FormatInt(e.No, 10), e.At.Local().Format(time.DateTime), e.Actor, e.Via, cmp.Or(e.Address, "-"), e.Action, e.Resource, e.Result)
		}
		return t.write(s.out)
	})
}
