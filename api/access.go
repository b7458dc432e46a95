package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pg"
)

// cookieName is that of a session. Its prefix has browsers take it from this host
// alone, over TLS, which they count this machine as.
const cookieName = "__Host-taohe"

// tokenScheme is how a program shows its token.
const tokenScheme = "Bearer "

// callerOf is who asks; nobody where that was not settled.
func callerOf(ctx context.Context) access.Caller { return askedOf(ctx).caller }

// allowed lets an operation through to those who may do it, in whose name its
// statements are then run.
func (s *service) allowed(id string, r rule) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		req, w := humachi.Unwrap(ctx)
		run, err := s.enter(req, id, r, chi.URLParam)
		if err != nil {
			s.fail(w, req, err)
			return
		}
		next(huma.WithContext(ctx, run))
	}
}

// enter settles who asks, whether they may, and in whose name statements are run;
// what is changed is noted in the audit log. The reply is watched by observe, which
// writes what is still to be written there.
func (s *service) enter(req *http.Request, id string, r rule, parameter func(*http.Request, string) string) (context.Context, error) {
	ctx := req.Context()
	a := askedOf(ctx)
	a.operation, a.resource = id, req.URL.RequestURI()
	a.changes = req.Method != http.MethodGet && req.Method != http.MethodHead
	a.caller = access.Caller{Via: access.ViaNone, Address: s.address(req)}
	if r.open {
		a.changes = false
		return ctx, nil
	}
	if s.Access == nil {
		return nil, errors.New("the service has no accounts to ask")
	}
	caller, err := s.identify(req, a.caller.Address)
	if err != nil {
		a.changes = false // nobody is not written down
		return nil, err
	}
	a.caller = caller
	if err := s.may(req, caller, r, parameter); err != nil {
		return nil, err
	}
	ctx = pg.As(ctx, caller.Identity(r.least, r.cites()))
	if a.changes {
		ctx, a.note = s.noting(ctx, a)
	}
	return ctx, nil
}

// identify says who asks: by a program's token, else by the browser's session, else,
// where no account exists, whoever is on this machine.
func (s *service) identify(req *http.Request, address string) (access.Caller, error) {
	ctx := req.Context()
	if header := req.Header.Get("Authorization"); header != "" {
		token, ok := strings.CutPrefix(header, tokenScheme)
		if !ok {
			return access.Caller{}, errUnauthenticated
		}
		caller, err := s.Access.ByToken(ctx, token, address)
		return caller, nobody(err)
	}
	if cookie, err := req.Cookie(cookieName); err == nil {
		caller, err := s.Access.BySession(ctx, cookie.Value, address)
		return caller, nobody(err)
	}
	any, err := s.Access.Any(ctx)
	switch {
	case err != nil:
		return access.Caller{}, err
	case any, !fromHere(req):
		return access.Caller{}, errUnauthenticated
	}
	return access.Local(address), nil
}

func nobody(err error) error {
	if errors.Is(err, access.ErrNobody) {
		return errUnauthenticated
	}
	return err
}

// fromHere reports whether a request comes from this machine, and was not handed on
// for another.
func fromHere(req *http.Request) bool {
	return isLoopbackHost(hostOf(req.RemoteAddr)) && req.Header.Get("X-Forwarded-For") == "" && req.Header.Get("Forwarded") == ""
}

// address is where a request comes from: what the last proxy that is trusted says.
func (s *service) address(req *http.Request) string {
	from := hostOf(req.RemoteAddr)
	trusted := func(host string) bool {
		addr, err := netip.ParseAddr(host)
		return err == nil && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
	}
	hops := strings.Split(strings.Join(req.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !trusted(from) || strings.TrimSpace(hop) == "" {
			break
		}
		from = short(strings.TrimSpace(hop))
	}
	return from
}

// may says what keeps a caller from an operation: nil for nothing. Of what is in
// counties that the caller may not see, it is not said that it is there.
func (s *service) may(req *http.Request, c access.Caller, r rule, parameter func(*http.Request, string) string) error {
	switch {
	case !c.Role.Reaches(r.least), r.everywhere && !c.Everywhere(), r.account && c.Via == access.ViaToken:
		return errForbidden
	case r.of == "" || c.Everywhere():
		return nil
	}
	counties, err := s.countiesNamed(req, r.of, parameter)
	switch {
	case err != nil:
		return err
	case !c.SeesAny(counties):
		return errNotFound
	case r.whole && !c.SeesEvery(counties):
		return errOtherCounties
	}
	return nil
}

// countiesNamed are those of what the address names; none when it is not there.
func (s *service) countiesNamed(req *http.Request, of access.Thing, parameter func(*http.Request, string) string) ([]string, error) {
	switch of {
	case county:
		return []string{parameter(req, "code")}, nil
	case access.Mine:
		return s.Access.CountiesOf(req.Context(), access.Mine, parameter(req, "licence_no"))
	case finding:
		_, rest, _ := strings.Cut(parameter(req, "id"), "-")
		licenceNo, _, _ := strings.Cut(rest, "-")
		return s.Access.CountiesOf(req.Context(), access.Mine, licenceNo)
	}
	id, err := strconv.ParseInt(parameter(req, "id"), 10, 64)
	if err != nil {
		return nil, nil // no number names anything
	}
	return s.Access.CountiesOf(req.Context(), of, id)
}

// mentioned are the members of bodies, by their names in Go, that name counties or
// what is of some.
var mentioned = map[string]access.Thing{
	"CountyCode": county, "Counties": county, "RunID": access.Run, "Against": access.Run, "WhatIf": access.Dataset,
}

// mentions reports whether the bodies of a type name counties.
func mentions(in reflect.Type) bool {
	body, ok := in.FieldByName("Body")
	if !ok || body.Type.Kind() != reflect.Struct {
		return false
	}
	for name := range mentioned {
		if _, ok := body.Type.FieldByName(name); ok {
			return true
		}
	}
	return false
}

// admits looks at what a request says once it is read: what its body names must be
// of the caller's counties, and what is signed is signed by the caller.
func (s *service) admits(ctx context.Context, r rule, in any) error {
	c := callerOf(ctx)
	if !c.Signed() {
		if r.account {
			return errNoAccount
		}
		return nil
	}
	v := reflect.ValueOf(in).Elem()
	body := v.FieldByName("Body")
	for _, holder := range []reflect.Value{v, body} {
		if !holder.IsValid() || holder.Kind() != reflect.Struct {
			continue
		}
		if by := holder.FieldByName("By"); by.IsValid() && by.Kind() == reflect.String && by.String() != c.Name {
			var f faults
			f.add("by", "not-caller", "经办人须为当前登录的账号："+c.Name+"。")
			return f.err()
		}
	}
	if !mentions(v.Type()) || c.Everywhere() || r.account || r.everywhere {
		return nil
	}
	for name, of := range mentioned {
		if err := s.sees(ctx, c, of, body.FieldByName(name), r.whole); err != nil {
			return err
		}
	}
	return nil
}

// sees says that what a member of a body names is not there when it is of none of
// the caller's counties.
func (s *service) sees(ctx context.Context, c access.Caller, of access.Thing, member reflect.Value, whole bool) error {
	if !member.IsValid() || member.IsZero() {
		return nil
	}
	var keys []any
	switch named := member.Interface().(type) {
	case []string:
		for _, k := range named {
			keys = append(keys, k)
		}
	case []int64:
		for _, k := range named {
			keys = append(keys, k)
		}
	case *int64:
		keys = append(keys, *named)
	default:
		keys = append(keys, named)
	}
	for _, key := range keys {
		counties := []string{fmt.Sprint(key)}
		if of != county {
			var err error
			if counties, err = s.Access.CountiesOf(ctx, of, key); err != nil {
				return err
			}
		}
		switch {
		case !c.SeesAny(counties):
			return errNotFound
		case whole && !c.SeesEvery(counties):
			return errOtherCounties
		}
	}
	return nil
}

// seesCounty is what admits asks of a form.
func (s *service) seesCounty(ctx context.Context, code string) error {
	if c := callerOf(ctx); c.Signed() && !c.SeesAny([]string{code}) {
		return errNotFound
	}
	return nil
}

// ogcRoutes lets those who may through to what is below /ogc. A route that has no
// rule is a fault of the program, which does not start with it.
func (s *service) ogcRoutes(routes chi.Router) http.Handler {
	err := chi.Walk(routes, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if _, has := ogcRules[method+" "+cmp.Or(strings.TrimSuffix(pattern, "/"), "/")]; !has {
			return fmt.Errorf("api: %s /ogc%s has no rule of who may ask it", method, pattern)
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		// As the router below will look, which asks a HEAD of the route of its GET.
		here := chi.RouteContext(req.Context())
		method, path := cmp.Or(here.RouteMethod, req.Method), here.RoutePath
		if method == http.MethodHead {
			method = http.MethodGet
			here.RouteMethod = method
		}
		found := chi.NewRouteContext()
		if !routes.Match(found, method, path) {
			if slices.ContainsFunc(methods, func(m string) bool { return routes.Match(chi.NewRouteContext(), m, path) }) {
				setAllow(w, path, routes)
				s.fail(w, req, errMethodNotAllowed)
				return
			}
			s.fail(w, req, errNoSuchPath)
			return
		}
		pattern := method + " " + found.RoutePattern()
		ctx, err := s.enter(req, pattern, ogcRules[pattern], func(_ *http.Request, name string) string { return found.URLParam(name) })
		if err != nil {
			s.fail(w, req, err)
			return
		}
		routes.ServeHTTP(w, req.WithContext(ctx))
	})
}

// ParseProxies reads the addresses of proxies.
func ParseProxies(written []string) (out []netip.Prefix, err error) {
	for _, w := range written {
		p, err := netip.ParsePrefix(w)
		if err != nil {
			addr, addrErr := netip.ParseAddr(w)
			if addrErr != nil {
				return nil, fmt.Errorf("proxy %q: %w", w, err)
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		out = append(out, p)
	}
	return out, nil
}
