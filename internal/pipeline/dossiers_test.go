package pipeline_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/report/mapsheet"
	"github.com/taohe-gis/taohe/report/opc"
)

// asked is a request for the papers of the first mines of a run.
func asked(t *testing.T, p *pipeline.Pipeline, run, mines int64) pipeline.DossiersRequest {
	t.Helper()
	q := pipeline.DossiersRequest{RunID: run, Format: "docx", MapFormat: "png", DPI: mapsheet.MinDPI}
	list, err := p.Mines(t.Context(), run, "", "", int(mines))
	if err != nil || len(list) != int(mines) {
		t.Fatalf("%d mines: %v", len(list), err)
	}
	for _, m := range list {
		q.LicenceNos = append(q.LicenceNos, m.LicenceNo)
	}
	return q
}

// archive does a job and reads what it made.
func archive(t *testing.T, p *pipeline.Pipeline, id int64) []byte {
	t.Helper()
	if err := p.ExecuteDossiers(t.Context(), id, pipeline.NewPress(""), nil); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.WriteArchive(t.Context(), id, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A zip of papers holds each mine's once, in order, under names that are UTF-8,
// and a list that tells the hash of each. The same question gives the same bytes.
// A mine that cannot be done is in the list, with why.
func TestDossiers(t *testing.T) {
	t.Parallel()
	p, pool, _ := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p).ID
	q := asked(t, p, run, 5)
	bytesOf := func(spoil string) []byte {
		id, err := p.BeginDossiers(t.Context(), q, nil)
		if err != nil {
			t.Fatal(err)
		}
		if spoil != "" { // its program died each time
			if _, err := pool.Exec(t.Context(), `insert into job_part_try values ($1, $2, 3)`, id, spoil); err != nil {
				t.Fatal(err)
			}
		}
		return archive(t, p, id)
	}
	first := bytesOf("")
	if !bytes.Equal(first, bytesOf("")) {
		t.Error("the same question gives other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	content := map[string][]byte{}
	var names []string
	for _, f := range z.File {
		if f.Flags&0x800 == 0 || f.NonUTF8 || f.Flags&0x8 != 0 || f.Modified.Year() != 1980 {
			t.Errorf("%s: flags %#x, %s", f.Name, f.Flags, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if content[f.Name], err = io.ReadAll(r); err != nil { // and its check sum is right
			t.Fatal(err)
		}
		names = append(names, f.Name)
	}
	list := contents(t, content["目录.csv"])
	if len(list) != 2*len(q.LicenceNos) || len(z.File) != len(list)+1 || names[0] != "目录.csv" {
		t.Fatalf("%d files, %d in the list", len(z.File), len(list))
	}
	for i, line := range list {
		sum := sha256.Sum256(content[line[5]])
		if names[i+1] != line[5] || line[1] != q.LicenceNos[i/2] || !strings.Contains(line[5], line[1]+"_"+line[3]) || line[7] != hex.EncodeToString(sum[:]) {
			t.Errorf("line %d: %q, file %s", i+1, line, names[i+1])
		}
		if parts, err := opc.Read(content[line[5]]); strings.HasSuffix(line[5], ".docx") && (err != nil || !bytes.Contains(parts["word/document.xml"], []byte(line[1]))) {
			t.Errorf("%s is no dossier of the mine: %v", line[5], err)
		}
		if strings.HasSuffix(line[5], ".png") && !bytes.HasPrefix(content[line[5]], []byte("\x89PNG")) {
			t.Errorf("%s is no picture", line[5])
		}
	}
	spoilt := bytesOf(q.LicenceNos[2])
	if z, err = zip.NewReader(bytes.NewReader(spoilt), int64(len(spoilt))); err != nil || len(z.File) != len(list)-1 {
		t.Fatalf("%d files with a mine that cannot be done: %v", len(z.File), err)
	}
	r, err := z.Open("目录.csv")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if list := contents(t, text); len(list) != 9 || list[4][1] != q.LicenceNos[2] || list[4][5] != "" || !strings.HasPrefix(list[4][8], "未能生成") {
		t.Errorf("list %q", list)
	}
}

// contents reads the list of an archive, without its head.
func contents(t *testing.T, text []byte) [][]string {
	t.Helper()
	text, marked := bytes.CutPrefix(text, []byte("\ufeff"))
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || !marked || len(lines) == 0 || len(lines[0]) != 9 {
		t.Fatalf("list: %v, marked %v", err, marked)
	}
	return lines[1:]
}

func TestDossiersRefused(t *testing.T) {
	t.Parallel()
	p, _, m := sampleRun(t, pipeline.Options{})
	run := firstRun(t, p).ID
	open, err := p.BeginRun(t.Context(), m.AsOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(*pipeline.DossiersRequest)
		is     error
		faults []string
	}{
		{"no such run", func(q *pipeline.DossiersRequest) { q.RunID = 99 }, pipeline.ErrNotFound, nil},
		{"a run that is not complete", func(q *pipeline.DossiersRequest) { q.RunID = open }, pipeline.ErrNotComplete, nil},
		{"others' county, no mine, too fine", func(q *pipeline.DossiersRequest) {
			q.Counties, q.LicenceNos, q.DPI = []string{"150621"}, []string{"C0"}, 1000
		}, nil, []string{"counties[0]", "licence_nos[0]", "dpi"}},
	} {
		q := asked(t, p, run, 1)
		tt.change(&q)
		_, err := p.BeginDossiers(t.Context(), q, nil)
		var request *ingest.RequestError
		var locations []string
		if errors.As(err, &request) {
			for _, f := range request.Faults {
				locations = append(locations, f.Location)
			}
		}
		if tt.is != nil && !errors.Is(err, tt.is) || !slices.Equal(locations, tt.faults) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// A job that is cut off, wherever it is, leaves nothing: no paper, no goroutine, no
// temporary file, no connection that is busy. Not parallel: see TestFaultCancelled.
func TestDossiersCancelled(t *testing.T) {
	dsn := sampletest.Run(t)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	p, pool, _ := sampleOf(t, dsn, pipeline.Options{Workers: 1})
	run := firstRun(t, p).ID
	q := asked(t, p, run, 2)
	press := pipeline.NewPress("")
	goroutines := runtime.NumGoroutine()
	for _, at := range []struct {
		looks int64 // of the context, 0 without end
		mines int   // are done
	}{{1, 0}, {4, 0}, {8, 0}, {0, 1}, {0, 2}} {
		id, err := p.BeginDossiers(t.Context(), q, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := newFuse(t.Context(), at.looks)
		done := 0
		err = p.ExecuteDossiers(f, id, press, func(int, int) {
			if done++; done == at.mines {
				f.cancel()
			}
		})
		f.cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d looks, %d mines: %v", at.looks, at.mines, err)
		}
		var left int
		err = pool.QueryRow(t.Context(), `select (select count(*) from job) + (select count(*) from job_part) + (select count(*) from job_file_chunk)`).Scan(&left)
		if err != nil || left > 0 {
			t.Errorf("after %d looks, %d mines: %d rows left, %v", at.looks, at.mines, left, err)
		}
	}
	if left, _ := os.ReadDir(scratch); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	wantQuiet(t, pool, goroutines)
}

// A job of thrice the mines needs no more memory, nor does its archive. What is
// looked at is the heap in use just after a collection. Not parallel: it is that
// of the whole program.
func TestDossiersAreFlatInMemory(t *testing.T) {
	p, _, _ := sampleRun(t, pipeline.Options{Workers: 1})
	run := firstRun(t, p).ID
	press := pipeline.NewPress("")
	most := map[int64]uint64{}
	const mines = 5
	for _, n := range []int64{3 * mines, mines, 3 * mines} { // the first warms up
		var mu sync.Mutex
		most[n] = 0
		look := func() {
			mu.Lock()
			defer mu.Unlock()
			runtime.GC()
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			most[n] = max(most[n], stats.HeapAlloc)
		}
		id, err := p.BeginDossiers(t.Context(), asked(t, p, run, n), nil)
		if err != nil {
			t.Fatal(err)
		}
		looks := 0
		if err := p.ExecuteDossiers(t.Context(), id, press, func(int, int) { looks++; look() }); err != nil || looks != int(n) {
			t.Fatalf("looked %d times at %d mines: %v", looks, n, err)
		}
		written := lookingWriter{look: look}
		if err := p.WriteArchive(t.Context(), id, &written); err != nil {
			t.Fatal(err)
		}
		if written.bytes < n*300_000 {
			t.Errorf("%d mines: %d bytes", n, written.bytes)
		}
	}
	// The papers of a mine are over 300 kB.
	if grown := int64(most[3*mines]) - int64(most[mines]); grown > 2*mines*60_000 {
		t.Errorf("%d mines more use %d bytes more (%d, %d)", 2*mines, grown, most[3*mines], most[mines])
	}
}

// lookingWriter looks every megabyte.
type lookingWriter struct {
	look        func()
	bytes, next int64
}

func (w *lookingWriter) Write(b []byte) (int, error) {
	if w.bytes += int64(len(b)); w.bytes > w.next {
		w.next = w.bytes + 1<<20
		w.look()
	}
	return len(b), nil
}
