// Mkpages writes the pages of docs/ that are made from data:
//
//	go run ./internal/pages/mkpages -out docs
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/taohe-gis/taohe/internal/pages"
)

func main() {
	out := flag.String("out", "docs", "folder to write to")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "mkpages:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	all, err := pages.All()
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := os.WriteFile(filepath.Join(folder, p.Name), []byte(p.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
