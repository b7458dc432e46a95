package api

import (
	"fmt"
	"strings"

	"github.com/taohe-gis/taohe/internal/access"
)

// A Kind is a line of the table of problems.
type Kind struct{ Code string }

// ProblemKinds are the codes of the table of problems.
func ProblemKinds() []Kind {
	return each(problemKinds, func(k kindError) Kind { return Kind{k.code} })
}

// Negotiate is negotiate.
func Negotiate(accept string, offered ...string) string { return negotiate([]string{accept}, offered) }

// FileName is fileName.
func FileName(name string) string { return fileName(name) }

// ProblemsPage is docs/problems.md.
func ProblemsPage() string {
	var b strings.Builder
	b.WriteString("# Problems\n\n" +
		"What the HTTP service answers when it does not do what it was asked: `application/problem+json`\n" +
		"(RFC 9457) with a stable `code`, a `detail` for the user and, under `errors`, every fault of the\n" +
		"request with `location`, `code` and `message`. Made from the table in `api/problem.go` by\n" +
		"`go test ./api -update`.\n\n" +
		"Faults of the *data* in a file are not problems: they are diagnostics of its dataset, see\n" +
		"`GET /v1/datasets/{id}/diagnostics` and `GET /v1/diagnostics`.\n")
	for _, k := range problemKinds {
		fmt.Fprintf(&b, "\n## %s\n\n%d. %s.\n\n> %s\n", k.code, k.status, k.title, k.detail)
	}
	return b.String()
}

// A Rule is a rule as docs/access.md shows it.
type Rule struct {
	Open, Whole, Everywhere, Account bool
	Least                            access.Role
	Of                               access.Thing
}

func shownRules(in map[string]rule) map[string]Rule {
	out := map[string]Rule{}
	for id, r := range in {
		out[id] = Rule{r.open, r.whole, r.everywhere, r.account, r.least, r.of}
	}
	return out
}

// Rules are who may do what, by operation, and below /ogc by method and pattern.
func Rules() map[string]Rule { return shownRules(rules) }

// OGCRules is the second.
func OGCRules() map[string]Rule { return shownRules(ogcRules) }
