//go:build linux

package main

import (
	"fmt"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// How large the files of `make memory` are; it runs for minutes, so other sizes
// may be asked for.
const (
	memoryVariable = "TAOHE_MEMORY" // percent of the sizes below; unset or 0 does not measure
	memoryRows     = 1_000_000
	memoryGeoJSON  = 1 << 30
	memoryUpload   = 2<<30 - 16<<20 // the most that is taken, less the rest of the archive
	memoryBroken   = 1 << 30
	// memoryLimitMB is what the program may use at its peak, its database apart.
	memoryLimitMB = 150
)

// Peak memory of the program, in processes of its own, on big files: two are
// loaded by the command line, one is uploaded, one upload is broken off.
func TestMemory(t *testing.T) {
	percent, _ := strconv.Atoi(os.Getenv(memoryVariable))
	if percent <= 0 {
		t.Skip("long: make memory")
	}
	part := func(n int64) int64 { return n * int64(percent) / 100 }
	c := startCluster(t)
	if err := c.EnsureDatabase(t.Context(), "taohe"); err != nil {
		t.Fatal(err)
	}
	dsn := c.DSN("taohe")
	folder := t.TempDir()
	p := serve(t, dsn, filepath.Join(folder, "spool"))
	p.putCounty()
	report := func(what string, bytes int64, rows int, took time.Duration, peakMB float64) {
		fmt.Printf("%-28s %8.1f MB %9d rows %7.1f s   peak %6.1f MB\n", what, float64(bytes)/1e6, rows, took.Seconds(), peakMB)
		if peakMB <= 0 || peakMB > memoryLimitMB {
			t.Errorf("%s: peak %.1f MB, limit %d MB", what, peakMB, memoryLimitMB)
		}
	}

	t.Run("shapefile", func(t *testing.T) {
		name, rows := filepath.Join(folder, "forest.zip"), int(part(memoryRows))
		f, err := os.Create(name)
		if err == nil {
			err = writeBigZip(f, rows, 0)
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		bytes, took, peakMB := p.importBig(dsn, name, rows)
		report("import of a shapefile", bytes, rows, took, peakMB)
	})
	t.Run("GeoJSON", func(t *testing.T) {
		name := filepath.Join(folder, "forest.geojson")
		rows, err := writeBigGeoJSON(name, part(memoryGeoJSON))
		if err != nil {
			t.Fatal(err)
		}
		bytes, took, peakMB := p.importBig(dsn, name, rows)
		report("import of GeoJSON", bytes, rows, took, peakMB)
	})
	t.Run("upload", func(t *testing.T) {
		const rows = 1000
		body, w := io.Pipe()
		form := multipart.NewWriter(w)
		sent := &counter{}
		go func() {
			for _, f := range fields() {
				_ = form.WriteField(f[0], f[1]) // an error comes again with the next write
			}
			file, err := form.CreateFormFile("file", "forest.zip")
			if err == nil {
				sent.w = file
				err = writeBigZip(sent, rows, part(memoryUpload))
			}
			if err == nil {
				err = form.Close()
			}
			w.CloseWithError(err)
		}()
		began := time.Now()
		status, d := p.ask("POST", "/v1/datasets", form.FormDataContentType(), body)
		if status != 202 {
			t.Fatalf("%d %v", status, d)
		}
		d = p.over(fmt.Sprintf("/v1/datasets/%.0f", d["id"]))
		if d["status"] != "staged" || d["rows_loaded"] != float64(rows) {
			t.Errorf("%v", d)
		}
		p.wantEmptySpool()
		report("upload", sent.n, rows, time.Since(began), peakOf(t, p.cmd.Process.Pid))
	})
	t.Run("upload broken off", func(t *testing.T) {
		_, before := p.get("/v1/datasets")
		conn := p.uploadOf(part(memoryBroken))
		began := time.Now()
		half := part(memoryBroken) / 2
		if n, err := io.CopyN(conn, spaces{}, half); err != nil {
			t.Fatal(n, err)
		}
		p.until("an upload in the spool", func() bool { return len(p.spooled()) == 1 })
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		p.wantEmptySpool()
		if _, after := p.get("/v1/datasets"); len(after["items"].([]any)) != len(before["items"].([]any)) {
			t.Errorf("stored: %v", after)
		}
		report("upload broken off", half, 0, time.Since(began), peakOf(t, p.cmd.Process.Pid))
	})
}

// spaces is a file without end.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// importBig loads a file by the command line and says how large it is, how long
// that took and how much memory at the most.
func (p *program) importBig(dsn, name string, rows int) (bytes int64, took time.Duration, peakMB float64) {
	p.Helper()
	info, err := os.Stat(name)
	if err != nil {
		p.Fatal(err)
	}
	began := time.Now()
	peak := filepath.Join(p.TempDir(), "peak")
	command := startProgramWith(p.T, []string{peakVariable + "=" + peak}, importArgs(dsn, name)...)
	<-command.exited
	took = time.Since(began)
	if status := command.cmd.ProcessState.ExitCode(); status != 0 || !strings.Contains(command.out.String(), fmt.Sprintf("采用 %d，", rows)) {
		p.Fatalf("status %d\n%s%s", status, command.out, command.errOut)
	}
	text, err := os.ReadFile(peak)
	if err != nil {
		p.Fatal(err)
	}
	return info.Size(), took, peakIn(p.T, text)
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakIn finds the largest resident set in /proc/…/status (proc(5), VmHWM).
func peakIn(t *testing.T, status []byte) (megabytes float64) {
	t.Helper()
	m := highWater.FindSubmatch(status)
	if m == nil {
		t.Fatalf("no VmHWM in %s", status)
	}
	kB, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return kB * 1024 / 1e6
}

func peakOf(t *testing.T, pid int) (megabytes float64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	return peakIn(t, status)
}
