package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/taohe-gis/taohe/internal/access"
)

// CallerRange is which counties somebody may see.
type CallerRange struct {
	AllCounties bool     `json:"all_counties" doc:"true：全部旗区"`
	Counties    []string `json:"counties" doc:"可见的旗区；可见全部时为空"`
}

func rangeOf(counties []string) CallerRange {
	return CallerRange{counties == nil, append([]string{}, counties...)}
}

// Me is who asks.
type Me struct {
	Name      string `json:"name" doc:"账号名；没有建立账号时为 本机"`
	Role      string `json:"role" doc:"viewer 查看、editor 录入、inspector 核查、approver 审核、admin 管理员"`
	RoleTitle string `json:"role_title"`
	CallerRange
	Via string `json:"via" doc:"session 登录、token 令牌、local 本机"`
}

func me(c access.Caller) Me {
	return Me{Name: c.Name, Role: string(c.Role), RoleTitle: c.Role.Title(), CallerRange: rangeOf(c.Counties), Via: c.Via}
}

func (s *service) getMe(ctx context.Context, _ *struct{}) (*body[Me], error) {
	return &body[Me]{me(callerOf(ctx))}, nil
}

// sessionSeconds is how long a browser keeps the cookie of a session.
const sessionSeconds = int(access.SessionFor / time.Second)

// signed is a reply that begins or ends a session.
type signed struct {
	SetCookie http.Cookie `header:"Set-Cookie" doc:"登录凭证，只由浏览器保管"`
	Body      Me
}

// cookie is one that scripts do not see, and that no other site's page has sent
// along.
func cookie(value string, seconds int) http.Cookie {
	return http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: seconds, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

// SessionRequest signs somebody in.
type SessionRequest struct {
	Name     string `json:"name" minLength:"1" maxLength:"50" doc:"账号名"`
	Password string `json:"password" minLength:"1" maxLength:"1000" doc:"密码"`
}

func (s *service) signIn(ctx context.Context, in *struct{ Body SessionRequest }) (*signed, error) {
	a := askedOf(ctx)
	if s.Access == nil {
		return nil, errSignIn
	}
	token, caller, err := s.Access.SignIn(ctx, in.Body.Name, in.Body.Password, a.caller.Address, cookieOf(a.request, cookieName))
	switch {
	case errors.Is(err, access.ErrSignIn), errors.Is(err, access.ErrTooMany):
		// Who was meant is written down only where there is such an account: others
		// type their password where the name belongs.
		if account, unknown := s.Access.Account(ctx, in.Body.Name); unknown == nil {
			a.caller.Name = account.Name
		}
		a.changes = true
		return nil, err
	case err != nil:
		return nil, err
	}
	a.caller, a.changes = caller, true
	return &signed{cookie(token, sessionSeconds), me(caller)}, nil
}

func (s *service) signOut(ctx context.Context, _ *struct{}) (*signed, error) {
	c := callerOf(ctx)
	return &signed{cookie("", -1), me(c)}, s.Access.SignOut(ctx, c)
}

// PasswordRequest changes the caller's own password.
type PasswordRequest struct {
	OldPassword string `json:"old_password" minLength:"1" maxLength:"1000" doc:"现用密码"`
	Password    string `json:"password" minLength:"1" maxLength:"1000" doc:"新密码，12 至 128 个字，几个不相干的词即可"`
}

func (s *service) setPassword(ctx context.Context, in *struct{ Body PasswordRequest }) (*body[Me], error) {
	c := callerOf(ctx)
	return &body[Me]{me(c)}, s.Access.SetOwnPassword(ctx, c, in.Body.OldPassword, in.Body.Password)
}

// Account is somebody who may sign in.
type Account struct {
	Name      string `json:"name"`
	Role      string `json:"role" doc:"viewer 查看、editor 录入、inspector 核查、approver 审核、admin 管理员"`
	RoleTitle string `json:"role_title"`
	CallerRange
	HasPassword bool      `json:"has_password" doc:"能否用密码登录"`
	Issuer      *string   `json:"issuer" doc:"统一认证的签发者；没有时为 null"`
	Subject     *string   `json:"subject" doc:"统一认证中的用户编号"`
	Disabled    bool      `json:"disabled" doc:"true：已停用，不能登录，其令牌无效"`
	CreatedAt   time.Time `json:"created_at"`
	CreatedBy   string    `json:"created_by"`
}

func accountBody(a access.Account) Account {
	out := Account{
		Name: a.Name, Role: string(a.Role), RoleTitle: a.Role.Title(), CallerRange: rangeOf(a.Counties), HasPassword: a.HasPassword(), Disabled: a.Disabled,
		CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy,
	}
	if a.Issuer != "" {
		out.Issuer, out.Subject = &a.Issuer, &a.Subject
	}
	return out
}

func (s *service) listAccounts(ctx context.Context, _ *struct{}) (*body[Page[Account]], error) {
	list, err := s.Access.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	return &body[Page[Account]]{Page[Account]{Items: each(list, accountBody)}}, nil
}

// AccountRequest makes an account.
type AccountRequest struct {
	Name     string   `json:"name" minLength:"1" maxLength:"50" doc:"账号名，1 至 50 个汉字、字母、数字或 . _ -；不能更改，停用后也不再给别人使用"`
	Role     string   `json:"role" enum:"viewer,editor,inspector,approver,admin" doc:"查看、录入、核查、审核、管理员"`
	Counties []string `json:"counties,omitempty" maxItems:"3000" doc:"六位旗区代码；不写即全部旗区"`
	Password string   `json:"password,omitempty" maxLength:"1000" doc:"12 至 128 个字，几个不相干的词即可；只用统一认证登录的不写"`
	Issuer   string   `json:"issuer,omitempty" maxLength:"500" doc:"统一认证的签发者"`
	Subject  string   `json:"subject,omitempty" maxLength:"255" doc:"统一认证中的用户编号（sub）"`
}

func (s *service) createAccount(ctx context.Context, in *struct{ Body AccountRequest }) (*created[Account], error) {
	b := in.Body
	a, err := s.Access.Create(ctx, callerOf(ctx), access.NewAccount{
		Name: b.Name, Role: access.Role(b.Role), Counties: b.Counties, Password: b.Password, Issuer: b.Issuer, Subject: b.Subject,
	})
	if err != nil {
		return nil, err
	}
	return &created[Account]{Location: "/v1/accounts", Body: accountBody(a)}, nil
}

// AccountChange changes an account; what is not written stays.
type AccountChange struct {
	Role     *string   `json:"role,omitempty" enum:"viewer,editor,inspector,approver,admin"`
	Counties *[]string `json:"counties,omitempty" maxItems:"3000" doc:"六位旗区代码；空的列表即全部旗区"`
	Disabled *bool     `json:"disabled,omitempty" doc:"true 停用，false 重新启用"`
	Password *string   `json:"password,omitempty" maxLength:"1000" doc:"新密码"`
}

func (s *service) changeAccount(ctx context.Context, in *struct {
	Name string `path:"name" maxLength:"50" doc:"账号名"`
	Body AccountChange
},
) (*body[Account], error) {
	b := in.Body
	a, err := s.Access.Change(ctx, in.Name, access.Change{Role: (*access.Role)(b.Role), Counties: b.Counties, Disabled: b.Disabled, Password: b.Password})
	if err != nil {
		return nil, missing(err)
	}
	return &body[Account]{accountBody(a)}, nil
}

// missing says in the words of all operations that something is not there.
func missing(err error) error {
	if errors.Is(err, access.ErrNotFound) {
		return errNotFound
	}
	return err
}

// Token is what a program signs in with.
type Token struct {
	ID      int64  `json:"id"`
	Account string `json:"account" doc:"所属账号"`
	Name    string `json:"name" doc:"用途"`
	Role    string `json:"role"`
	CallerRange
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	RevokedAt  *time.Time `json:"revoked_at"`
	LastUsedAt *time.Time `json:"last_used_at" doc:"最近一次使用，精确到分钟"`
	Token      *string    `json:"token" doc:"令牌本身，只在建立时给出一次，请妥善保管"`
}

func tokenBody(t access.Token) Token {
	return Token{
		ID: t.ID, Account: t.Account, Name: t.Name, Role: string(t.Role), CallerRange: rangeOf(t.Counties), CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
		RevokedAt: t.RevokedAt, LastUsedAt: t.LastUsedAt,
	}
}

// tokensOf is whose tokens a caller sees: their own, or all, which is 0.
func tokensOf(c access.Caller) int64 {
	if c.Role == access.Admin && c.Everywhere() {
		return 0
	}
	return c.AccountID
}

func (s *service) listTokens(ctx context.Context, _ *struct{}) (*body[Page[Token]], error) {
	list, err := s.Access.Tokens(ctx, tokensOf(callerOf(ctx)))
	if err != nil {
		return nil, err
	}
	return &body[Page[Token]]{Page[Token]{Items: each(list, tokenBody)}}, nil
}

// TokenRequest makes a token of the caller's account.
type TokenRequest struct {
	Name     string   `json:"name" minLength:"1" maxLength:"100" doc:"用途"`
	Role     string   `json:"role" enum:"viewer,editor,inspector,approver,admin" doc:"不高于账号自己的角色"`
	Counties []string `json:"counties,omitempty" maxItems:"3000" doc:"不超出账号自己的旗区；不写即账号的全部"`
	Days     int      `json:"days" minimum:"1" maximum:"366" doc:"有效的天数"`
}

func (s *service) createToken(ctx context.Context, in *struct{ Body TokenRequest }) (*created[Token], error) {
	owner, err := s.Access.Account(ctx, callerOf(ctx).Name)
	if err != nil {
		return nil, err
	}
	b := in.Body
	text, t, err := s.Access.CreateToken(ctx, owner, access.NewToken{Name: b.Name, Role: access.Role(b.Role), Counties: b.Counties, Days: b.Days})
	if err != nil {
		return nil, err
	}
	out := tokenBody(t)
	out.Token = &text
	return &created[Token]{Location: "/v1/tokens", Body: out}, nil
}

func (s *service) revokeToken(ctx context.Context, in *struct {
	ID int64 `path:"id" doc:"令牌编号"`
},
) (*body[Token], error) {
	t, err := s.Access.RevokeToken(ctx, tokensOf(callerOf(ctx)), in.ID)
	if err != nil {
		return nil, missing(err)
	}
	return &body[Token]{tokenBody(t)}, nil
}
