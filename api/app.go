package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/api/ogc"
	"github.com/taohe-gis/taohe/web"
)

// appPolicy lets the browser application load and ask here, and nowhere else.
// Pictures may be what the page itself has drawn (data:, blob:), and tiles of the base
// map that is set.
func appPolicy(m BaseMap) string {
	pictures := strings.Join(append([]string{"'self'", "data:", "blob:"}, m.sites()...), " ")
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src " + pictures + "; font-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// appTypes are the kinds of files of the application. mime.TypeByExtension would
// ask the machine, and each has another answer.
var appTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
	".woff2": "font/woff2",
}

// serveApp serves the browser application. Its only page is at the root; what
// that loads bears a hash in its name and never changes.
func (s *service) serveApp(r chi.Router) {
	files := web.Files()
	page, err := fs.ReadFile(files, "index.html")
	if err != nil {
		panic(fmt.Sprintf("browser application: %v", err)) // it is embedded
	}
	sum := sha256.Sum256(page)
	policy, referrer := appPolicy(s.BaseMap), "same-origin"
	if len(s.BaseMap.URLs) > 0 {
		// Keys of base maps are bound to the site that uses them.
		referrer = "strict-origin-when-cross-origin"
	}
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	r.Get("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", appTypes[".html"])
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Referrer-Policy", referrer)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", tag)
		if slices.Contains(strings.FieldsFunc(r.Header.Get("If-None-Match"), func(c rune) bool { return c == ',' || c == ' ' }), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(page) // the client may be gone
	})
	r.Get("/assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		name := "assets/" + chi.URLParam(r, "name")
		kind, known := appTypes[path.Ext(name)]
		file, err := fs.ReadFile(files, name)
		if !known || err != nil {
			s.fail(w, r, errNoSuchPath)
			return
		}
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		if small, err := fs.ReadFile(files, name+".gz"); err == nil && ogc.TakesGzip(r.Header.Values("Accept-Encoding")) {
			h.Set("Content-Encoding", ogc.Gzip)
			file = small
		}
		_, _ = w.Write(file) // the client may be gone
	})
}
