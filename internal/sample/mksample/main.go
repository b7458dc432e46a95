// Mksample writes the sample county into a folder:
//
//	go run ./internal/sample/mksample -out sample-data
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/taohe-gis/taohe/internal/sample"
)

func main() {
	out := flag.String("out", "sample-data", "folder to write to")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "mksample:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	files, err := sample.New().Files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
