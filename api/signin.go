package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/internal/access"
)

// Where a browser begins to sign in at an issuer, and where that sends it back to.
const (
	signInPath = "/signin"
	ReturnPath = "/signin/return"
)

// stateCookie keeps a sign-in that was begun in this browser. It is sent along when
// the issuer's page sends the browser back, as the session's is not.
const stateCookie = "__Host-taohe-signin"

// signInPages are for browsers, and no operations: they are walked through, not
// called.
func (s *service) signInPages(r chi.Router) {
	if s.Issuer == nil {
		return
	}
	r.Get(signInPath, func(w http.ResponseWriter, req *http.Request) {
		address, state, err := s.Access.Begin(req.Context(), s.Issuer)
		if err != nil {
			s.back(w, req, "./", unreached(err))
			return
		}
		http.SetCookie(w, &http.Cookie{Name: stateCookie, Value: state, Path: "/", MaxAge: 600, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, req, address, http.StatusSeeOther)
	})
	r.Get(ReturnPath, func(w http.ResponseWriter, req *http.Request) {
		a, query := askedOf(req.Context()), req.URL.Query()
		// What comes back in the address is worth a session, and is not written down.
		a.operation, a.resource, a.changes = "sign-in", ReturnPath, true
		a.caller = access.Caller{Via: access.ViaNone, Address: s.address(req)}
		token, caller, err := s.Access.End(req.Context(), s.Issuer, query.Get("state"), cookieOf(req, stateCookie), query.Get("code"), a.caller.Address, cookieOf(req, cookieName))
		http.SetCookie(w, &http.Cookie{Name: stateCookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		if err != nil {
			s.Log.Warn("sign-in refused", "request_id", requestID(req.Context()), "err", err)
			s.back(w, req, "../", unreached(err))
			return
		}
		a.caller = caller
		c := cookie(token, sessionSeconds)
		http.SetCookie(w, &c)
		if wantsPage(req) {
			s.back(w, req, "../", nil)
			return
		}
		w.Header().Set("Content-Type", jsonType)
		_ = json.NewEncoder(w).Encode(me(caller)) // the client may be gone
	})
}

// wantsPage tells a person's browser from a program.
func wantsPage(req *http.Request) bool {
	return strings.Contains(req.Header.Get("Accept"), htmlType)
}

// back leads a browser to the application at root, which says in words why nobody is
// signed in, if err is that; whoever wants no page is answered as by any operation.
// The address is relative: a proxy may serve all of it below a path.
func (s *service) back(w http.ResponseWriter, req *http.Request, root string, err error) {
	if !wantsPage(req) {
		s.fail(w, req, err)
		return
	}
	if err != nil {
		root += "?sign-in=" + s.problem(req.Context(), err).Code
	}
	w.Header().Set("Location", root)
	w.WriteHeader(http.StatusSeeOther)
}

func cookieOf(req *http.Request, name string) string {
	if c, err := req.Cookie(name); err == nil {
		return c.Value
	}
	return ""
}

// unreached says that it is the issuer who does not answer.
func unreached(err error) error {
	if errors.Is(err, access.ErrIssuer) {
		return errNoIssuer
	}
	return err
}
