package pages

import (
	"strings"

	"github.com/taohe-gis/taohe"
)

// Diagnostics is the page of the diagnostics, one table for each family of
// codes.
func Diagnostics(kinds []taohe.DiagnosticKind) string {
	var b strings.Builder
	b.WriteString("# Diagnostics\n\n" + made("`diagnostic_catalogue.go`") + `
What is wrong with data somebody supplied is a diagnostic: a code, a row, a place, and what was done. Codes are stable
and never reused. Words in braces are filled in.

| severity | what was done |
|---|---|
| ` + "`refused`" + ` | the row, or the whole file, was not taken |
| ` + "`held`" + ` | the row is stored and counts for nothing until a person decides |
| ` + "`repaired`" + ` | the value or shape was changed by a stated method |
| ` + "`noted`" + ` | nothing was changed; a person should know |
`)
	family := ""
	for _, k := range kinds {
		if f, _, _ := strings.Cut(k.Code, "."); f != family {
			family = f
			b.WriteString("\n## " + family + "\n\n" + table("code", "severity", "text for the bureau", "text for logs"))
		}
		b.WriteString(row("`"+k.Code+"`", "`"+string(k.Severity)+"`", k.Chinese, k.English))
	}
	return b.String()
}
