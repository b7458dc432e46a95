package sample

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed readme.md
var readmeHead string

// readme is the README of the folder: what each file is, and the list of mines.
func (c *County) readme() (File, error) {
	var b strings.Builder
	b.WriteString(readmeHead)
	for i, m := range c.Mines {
		fmt.Fprintf(&b, "| %d | `%s` | %s | %s | %s | %s |\n", i+1, m.LicenceNo, m.Name, m.Method+"+"+m.Mineral, m.CaseZh, m.CaseEn)
	}
	return File{"README.md", []byte(b.String())}, nil
}
