package ogr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/gpkg"
	"github.com/taohe-gis/taohe/ingest/record"
)

// How is the Reference.How of the layers.
const How = "ogr"

// Bounds of one conversion.
const (
	// Program is what must be on PATH; Package holds it on Debian and Ubuntu.
	Program = "ogr2ogr"
	Package = "gdal-bin"

	timeout      = record.ConvertTimeout
	addressSpace = record.ConvertMemoryBytes
	maxOutput    = 64 << 10
	maxStderr    = 4 << 10
	maxTableText = 1 << 16
)

// Options are the caller's choices. The zero value is the sensible default.
type Options struct {
	// Timeout bounds one conversion; ten minutes where it is zero.
	Timeout time.Duration
	// Name is the name of a candidate that is one layer.
	Name string
	// Program is the path of ogr2ogr; looked for on PATH where it is empty.
	Program string
}

// A File is a converted set of files.
type File struct {
	converted *gpkg.File
	folder    string
	layers    []record.Source
}

// Layers are those that GDAL found.
func (f *File) Layers() []record.Source { return f.layers }

// Close removes all that the conversion made.
func (f *File) Close() error {
	var err error
	if f.converted != nil {
		err = f.converted.Close()
	}
	return errors.Join(err, os.RemoveAll(f.folder))
}

// Open converts a candidate and opens the result. Without GDAL, or for a file
// that GDAL cannot read within the bounds, it returns a *record.RefusedError.
func Open(ctx context.Context, c Candidate, lim record.Limits, opts Options) (*File, error) {
	program := opts.Program
	if program == "" {
		var err error
		if program, err = exec.LookPath(Program); err != nil {
			return nil, record.Refuse("ogr.missing", map[string]string{"kind": string(c.Kind), "package": Package})
		}
	}
	if opts.Timeout == 0 {
		opts.Timeout = timeout
	}
	folder, err := os.MkdirTemp("", "taohe-ogr-")
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", c.Base, err)
	}
	f := &File{folder: folder}
	if err := f.convert(ctx, program, c, lim, opts); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *File) convert(ctx context.Context, program string, c Candidate, lim record.Limits, opts Options) error {
	if err := f.spool(ctx, c, lim); err != nil {
		return err
	}
	run := runner{program: program, folder: f.folder, timeout: opts.Timeout, fileBytes: lim.MaxBytes}
	version, err := run.version(ctx)
	if err != nil {
		return err
	}
	source := "layer" + map[Kind]string{FileGDB: ".gdb", DXF: ".dxf", TAB: ".tab", MIF: ".mif"}[c.Kind]
	encoding, err := f.encoding(c.Kind)
	if err != nil {
		return err
	}
	if run.skip, err = run.others(ctx, driver[c.Kind]); err != nil {
		return err
	}
	if err := run.convert(ctx, source, encoding); err != nil {
		return err
	}
	note := taohe.Diagnostic{Code: "ogr.converted", Args: map[string]string{"kind": string(c.Kind), "version": version}}
	f.converted, err = gpkg.Open(ctx, filepath.Join(f.folder, "out.gpkg"), lim, gpkg.Options{How: How, Notes: []taohe.Diagnostic{note}})
	if err != nil {
		return err
	}
	for _, l := range f.converted.Layers() {
		if c.Kind != FileGDB {
			l.Rename(opts.Name)
		}
		if c.Kind == DXF {
			f.layers = append(f.layers, &drawing{Layer: l})
			continue
		}
		f.layers = append(f.layers, l)
	}
	return nil
}

// spool copies the parts under names of ours.
func (f *File) spool(ctx context.Context, c Candidate, lim record.Limits) error {
	budget := archive.NewBudget(lim)
	for _, p := range c.parts {
		name := filepath.Join(f.folder, filepath.FromSlash(p.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return fmt.Errorf("convert %s: %w", c.Base, err)
		}
		if err := copyEntry(ctx, name, p.entry, budget); err != nil {
			return fmt.Errorf("convert %s: %w", c.Base, err)
		}
	}
	if c.Kind == TAB {
		return f.checkTable()
	}
	return nil
}

func copyEntry(ctx context.Context, name string, e *archive.Entry, budget *archive.Budget) (err error) {
	in, err := e.Open(budget)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		// The same name in another case: one of the two is as good as the other.
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := io.CopyN(out, in, 1<<20); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// A .tab may be made of other tables, of a database or of a picture, named by
// their paths; only one whose own files hold its rows is read.
var (
	ownTable   = regexp.MustCompile(`(?i)\btype\s+native\b`)
	otherTable = regexp.MustCompile(`(?im)seamless|^\s*file\s`)
)

func (f *File) checkTable() error {
	text, err := os.ReadFile(filepath.Join(f.folder, "layer.tab"))
	if err != nil {
		return fmt.Errorf("convert: %w", err)
	}
	if len(text) > maxTableText || !ownTable.Match(text) || otherTable.Match(text) {
		return record.Refuse("ogr.refers_elsewhere", nil)
	}
	return nil
}

// encoding is that of the texts of a drawing, which GDAL takes for Western
// where the drawing does not say: UTF-8 where the file is valid in it, as since
// AutoCAD 2007, else GBK.
func (f *File) encoding(kind Kind) (string, error) {
	if kind != DXF {
		return "", nil
	}
	name := filepath.Join(f.folder, "layer.dxf")
	in, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("convert: %w", err)
	}
	defer in.Close()
	b := make([]byte, 1<<20)
	n, err := io.ReadFull(in, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("convert: %w", err)
	}
	if b = b[:n]; !bytes.Contains(b, []byte("HEADER")) {
		if err := addHeader(name, in); err != nil {
			return "", fmt.Errorf("convert: %w", err)
		}
	}
	// A character may be cut at the end of what was read.
	for n == 1<<20 && len(b) > 0 && b[len(b)-1] >= utf8.RuneSelf {
		b = b[:len(b)-1]
	}
	if utf8.Valid(b) {
		return "UTF-8", nil
	}
	return "CP936", nil
}

// addHeader puts an empty header section before a drawing that has none: GDAL
// heeds the encoding only where it meets one.
func addHeader(name string, drawing *os.File) error {
	if _, err := drawing.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := os.Remove(name); err != nil {
		return err
	}
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.MultiReader(strings.NewReader("  0\nSECTION\n  2\nHEADER\n  0\nENDSEC\n"), drawing))
	return errors.Join(err, out.Close())
}

// A runner starts GDAL's program.
type runner struct {
	program, folder string
	timeout         time.Duration
	fileBytes       int64
	skip            []string // drivers to leave out
}

var versionText = regexp.MustCompile(`GDAL (\d+\.\d+(\.\d+)?)`)

func (r runner) version(ctx context.Context) (string, error) {
	out, _, err := r.run(ctx, "--version")
	if err != nil {
		return "", err
	}
	m := versionText.FindStringSubmatch(out)
	if m == nil {
		return "", record.Refuse("ogr.failed", map[string]string{"reason": "unknown version of ogr2ogr"})
	}
	return m[1], nil
}

var driverLine = regexp.MustCompile(`(?m)^\s+(\S.*?) -[a-z, ]+- \(`)

// others lists the drivers that this GDAL has besides those wanted and the
// one that writes. Leaving them out is what ogr2ogr's -if does, which older
// versions do not have.
func (r runner) others(ctx context.Context, wanted ...string) ([]string, error) {
	out, _, err := r.run(ctx, "--formats")
	if err != nil {
		return nil, err
	}
	var others []string
	missing := slices.Clone(wanted)
	for _, m := range driverLine.FindAllStringSubmatch(out, -1) {
		switch {
		case slices.Contains(wanted, m[1]):
			missing = slices.DeleteFunc(missing, func(name string) bool { return name == m[1] })
		case slices.Contains([]string{"GPKG", "Memory", "MEM"}, m[1]):
		default:
			others = append(others, m[1])
		}
	}
	if len(missing) > 0 {
		return nil, record.Refuse("ogr.failed", map[string]string{"reason": "this GDAL has no driver " + strings.Join(missing, ", ")})
	}
	return others, nil
}

// convert turns source into out.gpkg. Curves become lines of one degree of arc
// a step.
func (r runner) convert(ctx context.Context, source, encoding string) error {
	args := []string{
		"-f", "GPKG", "-nlt", "CONVERT_TO_LINEAR",
		"-lco", "SPATIAL_INDEX=NO", "-lco", "FID=ogr_fid", "-lco", "GEOMETRY_NAME=ogr_geometry",
		"--config", "OGR_ARC_STEPSIZE", "1", "--config", "OGR_SQLITE_SYNCHRONOUS", "OFF",
	}
	if encoding != "" {
		args = append(args, "--config", "DXF_ENCODING", encoding)
	}
	_, text, err := r.run(ctx, append(args, "out.gpkg", source)...)
	if err == nil {
		_, err = os.Stat(filepath.Join(r.folder, "out.gpkg"))
		if errors.Is(err, os.ErrNotExist) {
			return record.Refuse("ogr.failed", map[string]string{"reason": r.reason(text, "no output")})
		}
	}
	return err
}

func (r runner) reason(text, otherwise string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, r.folder+string(filepath.Separator), ""))
	if text == "" {
		return otherwise
	}
	return strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "\uFFFD")
}

// environment is all that the program is told: no proxy, no plug-ins, no
// Python, nothing of ours but where its own data are.
func (r runner) environment() []string {
	out := []string{
		"HOME=" + r.folder, "TMPDIR=" + r.folder, "CPL_TMPDIR=" + r.folder, "LC_ALL=C.UTF-8", "PATH=" + path.Dir(r.program),
		"GDAL_DRIVER_PATH=disable", "GDAL_SKIP=" + strings.Join(r.skip, ","),
		"CPL_VSIL_CURL_ALLOWED_EXTENSIONS={none}", "CPL_VSIL_CURL_ALLOWED_FILENAME={none}",
		"GDAL_HTTP_TIMEOUT=1", "GDAL_HTTP_CONNECTTIMEOUT=1", "GDAL_HTTP_MAX_RETRY=0", "GDAL_HTTP_PROXY=127.0.0.1:9",
		"http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9", "all_proxy=http://127.0.0.1:9",
		"PROJ_NETWORK=OFF", "GDAL_VRT_ENABLE_PYTHON=NO", "GDAL_DISABLE_READDIR_ON_OPEN=NO", "GDAL_CACHEMAX=64", "GDAL_NUM_THREADS=1",
	}
	for _, name := range []string{"GDAL_DATA", "PROJ_LIB", "PROJ_DATA", "LD_LIBRARY_PATH"} {
		if value, set := os.LookupEnv(name); set {
			out = append(out, name+"="+value)
		}
	}
	return out
}

// run starts the program and waits for it. What it says on failure becomes a
// refusal: the file, or the bounds, are to blame.
func (r runner) run(ctx context.Context, args ...string) (stdout, stderr string, err error) {
	bounded, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	cmd := exec.CommandContext(bounded, r.program, args...)
	out, text := &capped{limit: maxOutput}, &capped{limit: maxStderr}
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.folder, r.environment(), out, text
	cmd.WaitDelay = 5 * time.Second
	isolate(cmd)
	if err := cmd.Start(); err != nil {
		return "", "", fmt.Errorf("start %s: %w", filepath.Base(r.program), err)
	}
	if err := bound(cmd.Process.Pid, r.timeout, r.fileBytes); err != nil {
		return "", "", errors.Join(fmt.Errorf("bound %s: %w", filepath.Base(r.program), err), cmd.Cancel(), cmd.Wait())
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case bounded.Err() != nil:
		return "", "", record.Refuse("ogr.limit", map[string]string{"reason": "time of " + r.timeout.String()})
	case errors.As(err, &exit) && !exit.Exited():
		return "", "", record.Refuse("ogr.limit", map[string]string{"reason": exit.String()})
	case errors.As(err, &exit):
		return "", "", record.Refuse("ogr.failed", map[string]string{"reason": r.reason(text.String(), "exit "+strconv.Itoa(exit.ExitCode()))})
	case err != nil:
		return "", "", fmt.Errorf("run %s: %w", filepath.Base(r.program), err)
	}
	return out.String(), text.String(), nil
}

// capped keeps the first bytes written to it.
type capped struct {
	bytes.Buffer
	limit int
}

func (c *capped) Write(p []byte) (int, error) {
	if room := c.limit - c.Len(); room > 0 {
		c.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
