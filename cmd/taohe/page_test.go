package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

//go:generate go test -run ^TestCommandPage$ -args -update-page

var updatePage = flag.Bool("update-page", false, "write docs/cli.md instead of comparing with it")

// docs/cli.md shows the help of every command as the program prints it. Not
// parallel: the width of the help is set by the environment.
func TestCommandPage(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	page := commandPage(t)
	path := filepath.Join("..", "..", "docs", "cli.md")
	if *updatePage {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(stored) != page {
		t.Error("docs/cli.md is stale: run go generate ./cmd/taohe")
	}
}

func commandPage(t *testing.T) string {
	t.Helper()
	parser, err := kong.New(new(cli), kong.Name("taohe"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(`# The command line

The help of every command, as ` + "`taohe COMMAND --help`" + ` prints it; made by ` + "`go generate ./cmd/taohe`" + `. Every command
takes the flags of the first block; further down they are left out.

Exit status: 0 done, 1 something broke, 2 the input or the command line was refused.

`)
	b.WriteString("```text\n" + help(t) + "```\n")
	for _, n := range parser.Model.Leaves(true) {
		text := help(t, strings.Fields(n.Path())...)
		// The flags of every command come first; those of this one follow a
		// blank line.
		before, flags, found := strings.Cut(text, "Flags:\n  -h, --help")
		if !found {
			t.Fatalf("no flags in\n%s", text)
		}
		if _, own, has := strings.Cut(flags, "\n\n"); has {
			before += "Flags:\n" + own
		}
		b.WriteString("\n## " + n.FullPath() + "\n\n```text\n" + strings.TrimSpace(before) + "\n```\n")
	}
	return b.String()
}

func help(t *testing.T, command ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := run(append(command, "--help"), &out, &errOut); code != 0 {
		t.Fatalf("taohe %v --help: exit status %d: %s", command, code, errOut.String())
	}
	return out.String()
}
