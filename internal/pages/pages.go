// Package pages writes the pages of docs/ that are made from data: the rules,
// the layers, the diagnostics, the torture set. A test holds the pages in the repository to what
// this package makes.
package pages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/torture"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
)

//go:generate go run ./mkpages -out ../../docs

// A Page is a file of docs/.
type Page struct {
	Name string
	Text string
}

// All returns every page, made from what the program ships. It is an error when
// the data names something the pages have no words for.
func All() ([]Page, error) {
	set, err := overlay.ShippedRules()
	if err != nil {
		return nil, err
	}
	campaign, err := ledger.Campaign2022()
	if err != nil {
		return nil, err
	}
	rules, err := Rules(set, campaign.Groups)
	if err != nil {
		return nil, err
	}
	return []Page{
		{"rules.md", rules},
		{"layers.md", Layers(ingest.TheCatalogue())},
		{"diagnostics.md", Diagnostics(taohe.DiagnosticCatalogue())},
		{"torture.md", Torture(torture.Cases())},
	}, nil
}

// made is the line under the title of a page that nobody edits by hand.
func made(from string) string {
	return fmt.Sprintf("Made from %s by `go generate ./internal/pages`; edit that, not this page.\n", from)
}

// row is a line of a Markdown table. A bar in a cell would end it.
func row(cells ...string) string {
	cells = slices.Clone(cells)
	for i := range cells {
		cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// table begins a Markdown table.
func table(head ...string) string {
	return row(head...) + strings.Repeat("|---", len(head)) + "|\n"
}

// codes sets names in code type, separated by a middle dot.
func codes[S ~string](names []S) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + string(n) + "`"
	}
	return strings.Join(quoted, " · ")
}
