package ogc_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
)

// documentedAddresses asks for what docs/ogc.md tells people to ask for.
func documentedAddresses(s *server) {
	text, err := os.ReadFile("../../docs/ogc.md")
	if err != nil {
		s.Fatal(err)
	}
	commands := regexp.MustCompile(`(?m)^curl .*"\$base/ogc([^"]*)"(?: --data-urlencode "([^"]*)"| -o \S+)?$`).FindAllStringSubmatch(string(text), -1)
	if all := strings.Count(string(text), "\ncurl "); all != len(commands) || all < 10 {
		s.Errorf("%d of %d commands are understood", len(commands), all)
	}
	for _, c := range commands {
		path := c[1]
		if name, value, found := strings.Cut(c[2], "="); found {
			path += "?" + url.Values{name: {value}}.Encode()
		}
		method, body := http.MethodGet, ""
		if sent := regexp.MustCompile(`-d '([^']*)'`).FindStringSubmatch(c[0]); sent != nil {
			method, body = http.MethodPost, sent[1]
		}
		var header []string
		for _, h := range regexp.MustCompile(`-H '([^:]*): ([^']*)'`).FindAllStringSubmatch(c[0], -1) {
			header = append(header, h[1], h[2])
		}
		a := s.do(method, path, body, header...)
		if a.status != http.StatusOK && a.status != http.StatusCreated {
			s.Errorf("%s %s: %d %s", method, path, a.status, a.body)
		}
		if strings.Contains(path, "items?") && !strings.Contains(path, "html") && len(want[featureCollection](s, a).Features) == 0 {
			s.Errorf("%s finds nothing", path)
		}
	}
}
