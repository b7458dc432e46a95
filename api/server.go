package api

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Server is an HTTP server for the service. It bounds the header and idle
// connections; the time for a body is the handlers' to bound, because a large
// upload may be slow and alive.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// A NotLoopbackError says that a listen address can be reached from elsewhere.
type NotLoopbackError struct{ Addr string }

func (e *NotLoopbackError) Error() string {
	return fmt.Sprintf("listen address %q can be reached from other machines, and there is no account yet, so that whoever reaches it might do anything: "+
		"make one with `taohe account add --admin NAME`, or listen on 127.0.0.1", e.Addr)
}

// CheckLoopback returns a *NotLoopbackError when somebody on another machine
// could reach a service listening on addr (host:port), and an error when addr
// is not an address. Names other than localhost are refused without asking the
// resolver: what they stand for can change.
func CheckLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen address: %w", err)
	}
	if !isLoopbackHost(host) {
		return &NotLoopbackError{Addr: addr}
	}
	return nil
}

// ParseBaseURL reads the address under which a service is reached from elsewhere,
// such as through a proxy: http or https, a host, and maybe a path.
func ParseBaseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("base URL: %w", err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return nil, fmt.Errorf("base URL %q does not begin with http:// or https:// and a host", text)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("base URL %q has more than a host and a path", text)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}
