package pages

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe/internal/torture"
)

// Torture is the page of the torture set: one table for each format.
func Torture(cases []torture.Case) string {
	var b strings.Builder
	differs := 0
	for _, c := range cases {
		if c.GDAL != "" {
			differs++
		}
	}
	fmt.Fprintf(&b, "# The torture set\n\n%s\n", made("`internal/torture`"))
	fmt.Fprintf(&b, `%d made uploads on which the readers are tried, each with the reading it must give. `+"`make torture`"+` reads them, compares
with GDAL where that is installed (%d are read otherwise by GDAL %s, and the reason stands beside), and with `+"`OUT=folder`"+`
writes the files out. Areas are in the plane of the source. Codes are explained in [diagnostics.md](diagnostics.md).
`, len(cases), differs, torture.GDALVersion)
	family := ""
	for _, c := range cases {
		if f, _, _ := strings.Cut(c.Name, "/"); f != family {
			family = f
			b.WriteString("\n## " + family + "\n\n" + table("case", "what is odd", "how it is read", "GDAL"))
		}
		b.WriteString(row("`"+strings.TrimPrefix(c.Name, family+"/")+"`", c.Odd, reading(c.Want), c.GDAL))
	}
	return b.String()
}

// reading is an expected reading in one cell. Many rows or long texts would
// hide what matters: they are counted and cut.
func reading(r torture.Reading) string {
	const mostRows, longest = 4, 80
	if r.Refused != "" {
		return "refused: `" + r.Refused + "`"
	}
	var layers []string
	for _, l := range r.Layers {
		var parts []string
		if l.Encoding != "" {
			parts = append(parts, l.Encoding)
		}
		parts = append(parts, "reference "+l.Reference)
		for i, row := range l.Rows {
			if i == mostRows {
				parts = append(parts, fmt.Sprintf("%d rows more", len(l.Rows)-mostRows))
				break
			}
			text := row.Shape
			if row.Number != 0 {
				text = fmt.Sprintf("row %d: %s", row.Number, text)
			}
			if row.Values != "" {
				values := []rune(row.Values)
				if len(values) > longest {
					values = append(values[:longest], '…')
				}
				text += " (" + plain.Replace(string(values)) + ")"
			}
			parts = append(parts, text)
		}
		if len(l.Rows) == 0 {
			parts = append(parts, fmt.Sprintf("%d rows", l.Count))
		}
		for _, code := range slices.Sorted(maps.Keys(l.Codes)) {
			times := ""
			if n := l.Codes[code]; n > 1 {
				times = fmt.Sprintf(" × %d", n)
			}
			parts = append(parts, "`"+code+"`"+times)
		}
		layers = append(layers, "**"+plain.Replace(l.Name)+"**: "+strings.Join(parts, "; "))
	}
	return strings.Join(layers, "<br>")
}

// plain keeps what stands in data from being read as markup.
var plain = strings.NewReplacer("<", "&lt;", "*", `\*`, "\n", " ", "|", ", ")
