package access

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
)

// An Account is somebody who may sign in.
type Account struct {
	ID   int64
	Name string
	Role Role
	// Counties are those the account is bound to; nil for all.
	Counties     []string
	PasswordHash *string
	Issuer       string
	Subject      string
	Disabled     bool
	CreatedAt    time.Time
	CreatedBy    string
}

// HasPassword reports whether the account can sign in with one.
func (a Account) HasPassword() bool { return a.PasswordHash != nil }

// A NewAccount is one to be made.
type NewAccount struct {
	Name     string
	Role     Role
	Counties []string
	// Password may be empty where an issuer vouches.
	Password        string
	Issuer, Subject string
}

var countyCode = regexp.MustCompile(`^[0-9]{6}$`)

// maxCounties is the most that an account may be bound to by name.
const maxCounties = 3000

func rightsFaults(role Role, counties []string) (faults []ingest.Fault) {
	if !role.Known() {
		faults = append(faults, ingest.Fault{Location: "role", Code: "not-in-list", Message: "只能是以下之一：viewer、editor、inspector、approver、admin。"})
	}
	if len(counties) > maxCounties {
		faults = append(faults, ingest.Fault{Location: "counties", Code: "out-of-range", Message: fmt.Sprintf("不能超过 %d 项。", maxCounties)})
	}
	for i, c := range counties {
		if !countyCode.MatchString(c) {
			faults = append(faults, ingest.Fault{Location: "counties[" + strconv.Itoa(i) + "]", Code: "bad-format", Message: "应为六位旗区代码。"})
			break
		}
	}
	return faults
}

func nameFaults(name string) []ingest.Fault {
	n := utf8.RuneCountInString(name)
	good := strings.IndexFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
	}) < 0
	if n < 1 || n > 50 || !good || name == LocalName {
		return []ingest.Fault{{Location: "name", Code: "bad-format", Message: "账号名应为 1 至 50 个汉字、字母、数字或 . _ -，不含空格。"}}
	}
	return nil
}

// tidy has an account of no counties be one of all.
func tidy(counties []string) []string {
	if len(counties) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(counties)))
}

// Create makes an account; faults are *ingest.RequestError. The name is for good.
func (a *Access) Create(ctx context.Context, by Caller, n NewAccount) (Account, error) {
	faults := append(nameFaults(n.Name), rightsFaults(n.Role, n.Counties)...)
	var kept *string
	if n.Password != "" || n.Issuer == "" {
		faults = append(faults, passwordFaults("password", n.Name, n.Password)...)
	}
	if (n.Issuer == "") != (n.Subject == "") {
		faults = append(faults, ingest.Fault{Location: "subject", Code: "missing", Message: "统一认证的签发者（issuer）与用户编号（subject）须同时填写。"})
	}
	if len(faults) > 0 {
		return Account{}, &ingest.RequestError{Faults: faults}
	}
	if n.Password != "" {
		hash, err := a.hash(ctx, n.Password)
		if err != nil {
			return Account{}, err
		}
		kept = &hash
	}
	optional := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	err := pg.InTx(pg.AsOwner(ctx), a.pool, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, sqlPutAccount.SQL(), pgx.StrictNamedArgs{
			"name": n.Name, "role": n.Role, "counties": tidy(n.Counties), "password_hash": kept, "issuer": optional(n.Issuer), "subject": optional(n.Subject), "created_by": by.Name,
		}).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return &ingest.RequestError{Faults: []ingest.Fault{{Location: "name", Code: "given-twice", Message: "已有同名的账号，或该统一认证用户已有账号。账号名不能重复使用。"}}}
		}
		return sqlPutAccount.Named(err)
	})
	if err != nil {
		return Account{}, err
	}
	return a.Account(ctx, n.Name)
}

// Account returns the account of a name, or ErrNotFound.
func (a *Access) Account(ctx context.Context, name string) (Account, error) {
	all, err := collect[Account](ctx, a.pool, sqlAccounts, pgx.StrictNamedArgs{"name": name})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("account: %w", ErrNotFound)
	}
	if err != nil {
		return Account{}, err
	}
	return all[0], nil
}

// Accounts lists all accounts by name.
func (a *Access) Accounts(ctx context.Context) ([]Account, error) {
	return collect[Account](ctx, a.pool, sqlAccounts, pgx.StrictNamedArgs{"name": nil})
}

// A Change of an account; what is nil stays as it is.
type Change struct {
	Role     *Role
	Counties *[]string
	Disabled *bool
	Password *string
}

// Change changes an account: ErrNotFound, *ingest.RequestError. Whoever is disabled
// or gets another password is signed out everywhere.
func (a *Access) Change(ctx context.Context, name string, c Change) (Account, error) {
	account, err := a.Account(ctx, name)
	if err != nil {
		return Account{}, err
	}
	if c.Role != nil {
		account.Role = *c.Role
	}
	if c.Counties != nil {
		account.Counties = tidy(*c.Counties)
	}
	if c.Disabled != nil {
		account.Disabled = *c.Disabled
	}
	faults := rightsFaults(account.Role, account.Counties)
	var kept string
	if c.Password != nil {
		faults = append(faults, passwordFaults("password", account.Name, *c.Password)...)
	}
	if len(faults) > 0 {
		return Account{}, &ingest.RequestError{Faults: faults}
	}
	if c.Password != nil {
		if kept, err = a.hash(ctx, *c.Password); err != nil {
			return Account{}, err
		}
	}
	ctx = pg.AsOwner(ctx)
	err = pg.InTx(ctx, a.pool, func(tx pgx.Tx) error {
		var issuer, subject *string
		if account.Issuer != "" {
			issuer, subject = &account.Issuer, &account.Subject
		}
		if err := exec(ctx, tx, sqlChangeAccount, pgx.StrictNamedArgs{
			"id": account.ID, "role": account.Role, "counties": account.Counties, "disabled": account.Disabled, "issuer": issuer, "subject": subject,
		}); err != nil {
			return err
		}
		if c.Password != nil {
			if err := exec(ctx, tx, sqlSetPassword, pgx.StrictNamedArgs{"id": account.ID, "password_hash": kept}); err != nil {
				return err
			}
		}
		if c.Password == nil && !account.Disabled {
			return nil
		}
		return exec(ctx, tx, sqlEndSessions, pgx.StrictNamedArgs{"id": account.ID, "keep": nil})
	})
	if err != nil {
		return Account{}, err
	}
	return a.Account(ctx, name)
}

// SetOwnPassword changes the password of whoever is signed in, and ends all other
// sessions: ErrSignIn when the old one is not right, ErrTooMany,
// *ingest.RequestError.
func (a *Access) SetOwnPassword(ctx context.Context, by Caller, old, password string) error {
	account, err := a.known(ctx, by.Name, old, by.Address)
	if err != nil {
		return err
	}
	if faults := passwordFaults("password", by.Name, password); len(faults) > 0 {
		return &ingest.RequestError{Faults: faults}
	}
	kept, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	ctx = pg.AsOwner(ctx)
	return pg.InTx(ctx, a.pool, func(tx pgx.Tx) error {
		if err := exec(ctx, tx, sqlSetPassword, pgx.StrictNamedArgs{"id": account.ID, "password_hash": kept}); err != nil {
			return err
		}
		return exec(ctx, tx, sqlEndSessions, pgx.StrictNamedArgs{"id": account.ID, "keep": by.session})
	})
}
