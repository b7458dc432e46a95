// Package office turns Word documents of this program into PDF with LibreOffice,
// which is not part of it: where it is not installed ErrMissing is returned, and
// what to install is for the caller to say.
//
// The same document gives the same pages on the same version of LibreOffice with
// the same fonts; the bytes hold the time they were made.
package office

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Program must be on PATH; Package holds it on Debian and Ubuntu.
const (
	Program = "soffice"
	Package = "libreoffice-writer"
)

// ErrMissing is returned by PDF where LibreOffice is not installed.
var ErrMissing = errors.New("LibreOffice is not installed: no " + Program + " on PATH")

// A ConversionError says that LibreOffice made no PDF: the document, or the
// machine, is to blame.
type ConversionError struct{ Reason string }

func (e *ConversionError) Error() string { return Program + ": " + e.Reason }

// fonts tells which installed font stands in for a prescribed one that is not.
//
//go:embed fonts.conf
var fonts []byte

// timeout bounds a conversion; one of a hundred pages takes a few seconds.
const timeout = 2 * time.Minute

// PDF converts a Word document. Each conversion has a folder and a profile of
// its own, so that several may go on at a time.
func PDF(ctx context.Context, document []byte) (pdf []byte, err error) {
	program, err := exec.LookPath(Program)
	if err != nil {
		return nil, ErrMissing
	}
	folder, err := os.MkdirTemp("", "taohe-office-")
	if err != nil {
		return nil, fmt.Errorf("convert to PDF: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	in, conf := filepath.Join(folder, "paper.docx"), filepath.Join(folder, "fonts.conf")
	if err := os.WriteFile(in, document, 0o600); err != nil {
		return nil, fmt.Errorf("convert to PDF: %w", err)
	}
	if err := os.WriteFile(conf, fonts, 0o600); err != nil {
		return nil, fmt.Errorf("convert to PDF: %w", err)
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	profile := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(folder, "profile"))}
	cmd := exec.CommandContext(bounded, program, "-env:UserInstallation="+profile.String(),
		"--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", "pdf:writer_pdf_Export", "--outdir", folder, in)
	var said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &said, &said
	cmd.Env = append(os.Environ(), "HOME="+folder, "TMPDIR="+folder, "LC_ALL=C.UTF-8", "FONTCONFIG_FILE="+conf)
	cmd.WaitDelay = 5 * time.Second
	isolate(cmd)
	switch err := cmd.Run(); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case bounded.Err() != nil:
		return nil, &ConversionError{"no result within " + timeout.String()}
	case err != nil:
		return nil, &ConversionError{strings.TrimSpace(said.String() + " " + err.Error())}
	}
	pdf, err = os.ReadFile(filepath.Join(folder, "paper.pdf"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, &ConversionError{strings.TrimSpace(said.String())}
	}
	return pdf, err
}
