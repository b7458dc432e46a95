// Mktorture writes the torture set into a folder, one folder a case:
//
//	go run ./internal/torture/mktorture -out DIR
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/taohe-gis/taohe/internal/torture"
)

func main() {
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	if *out == "" {
		fmt.Fprintln(os.Stderr, "mktorture: -out names no folder")
		os.Exit(2)
	}
	for _, c := range torture.Cases() {
		if _, err := c.Write(filepath.Join(*out, filepath.FromSlash(c.Name))); err != nil {
			fmt.Fprintln(os.Stderr, "mktorture:", err)
			os.Exit(1)
		}
	}
}
