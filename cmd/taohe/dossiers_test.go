//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/sampletest"
	"github.com/taohe-gis/taohe/internal/work"
)

// Papers of many mines as a job of the queue, and as a command: the program is
// killed while it stores them, another goes on, and the zip is byte for byte that
// of one that nobody disturbed.
func TestDossiersKilled(t *testing.T) {
	t.Parallel()
	dsn := sampletest.Run(t)
	pool, p, _ := opened(t, dsn)
	run := int64(1)
	mines, err := p.Mines(t.Context(), run, "", "", 8)
	if err != nil {
		t.Fatal(err)
	}
	q := pipeline.DossiersRequest{RunID: run, Format: "docx", MapFormat: "png", DPI: pipeline.DossierDPI}
	args := []string{"paper", "dossiers", "--database-url", dsn}
	for _, mine := range mines {
		q.LicenceNos = append(q.LicenceNos, mine.LicenceNo)
		args = append(args, "--mine", mine.LicenceNo)
	}
	dir := t.TempDir()
	written := func(name string) []byte {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	alone := startProgram(t, append(args, "-o", filepath.Join(dir, "alone.zip"))...)
	if status := alone.end(); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	want := written("alone.zip")

	// As a command.
	gate := holdTable(t, dsn, "job_file")
	first := startProgram(t, append(args, "-o", filepath.Join(dir, "killed.zip"))...)
	gate.reached(first, 2)
	gate.open()
	first.until("a mine is done", func() bool { return jobsDone(t, p) > 0 })
	gate = holdTable(t, dsn, "job_file")
	first.signal(syscall.SIGKILL)
	first.end()
	gate.open()
	second := startProgram(t, append(args, "-o", filepath.Join(dir, "killed.zip"))...)
	if status := second.end(); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	if !strings.Contains(second.errOut.String(), "接着做上次中断的") {
		t.Errorf("the second command did not go on with what the first did: %s", second.errOut.String())
	}
	if !bytes.Equal(written("killed.zip"), want) {
		t.Error("the zip of the command that was killed is another")
	}
	if left := jobsDone(t, p); left != 0 {
		t.Errorf("%d mines of jobs are left", left)
	}

	// As a job of the queue.
	queue, err := work.NewQueue(pool, p, filepath.Join(t.TempDir(), "spool"), nil)
	if err != nil {
		t.Fatal(err)
	}
	id, err := queue.StartDossiers(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	gate = holdTable(t, dsn, "job_file")
	worker := startWorkerProgram(t, dsn)
	gate.reached(worker, 2)
	other := startWorkerProgram(t, dsn)
	gate.reached(other, 4)
	worker.signal(syscall.SIGKILL)
	worker.end()
	gate.open()
	other.until("the end of the job", func() bool {
		j, err := p.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return j.Over()
	})
	j, err := p.Job(t.Context(), id)
	if err != nil || j.Status != job.Complete || j.Done != len(mines) || j.Failed != 0 {
		t.Fatalf("%+v: %v", j, err)
	}
	var got bytes.Buffer
	if err := p.WriteArchive(t.Context(), id, &got); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the zip of the job is another: %v", err)
	}
}

// jobsDone counts the mines that are done of all jobs.
func jobsDone(t *testing.T, p *pipeline.Pipeline) (done int) {
	t.Helper()
	all, err := p.Jobs(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range all {
		done += j.Done
	}
	return done
}
