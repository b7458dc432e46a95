package pipeline_test

import (
	"io"
	"testing"

	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
)

// ranSample is the sample county with a run.
func ranSample(b *testing.B) (*pipeline.Pipeline, int64) {
	b.Helper()
	p, _, m := sample(b, pipeline.Options{})
	id, err := p.BeginRun(b.Context(), m.AsOf, nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := p.ExecuteRun(b.Context(), id, nil); err != nil {
		b.Fatal(err)
	}
	return p, id
}

// BenchmarkDossier reads the mines of the sample county one after another and
// writes each its dossier.
func BenchmarkDossier(b *testing.B) {
	p, id := ranSample(b)
	mines, err := p.Mines(b.Context(), id, "", "", 1000)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d, err := p.Dossier(b.Context(), id, mines[i%len(mines)].LicenceNo)
		if err != nil {
			b.Fatal(err)
		}
		if err := report.WriteDossierDOCX(io.Discard, *d); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "dossiers/s")
}

// BenchmarkAnnex2 reads every figure of 附件2 of the sample county.
func BenchmarkAnnex2(b *testing.B) {
	p, id := ranSample(b)
	for b.Loop() {
		if _, err := p.Annex2(b.Context(), pipeline.PaperScope{RunID: id}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDossiers makes the dossiers and maps of the sample county as a job, two at a
// time, and writes their zip.
func BenchmarkDossiers(b *testing.B) {
	p, id := ranSample(b)
	press := pipeline.NewPress("")
	b.ReportAllocs()
	mines := 0
	for b.Loop() {
		jobID, err := p.BeginDossiers(b.Context(), pipeline.DossiersRequest{RunID: id, Format: "docx", MapFormat: "png", DPI: pipeline.DossierDPI}, nil)
		if err != nil {
			b.Fatal(err)
		}
		if err := p.ExecuteDossiers(b.Context(), jobID, press, func(int, int) { mines++ }); err != nil {
			b.Fatal(err)
		}
		if err := p.WriteArchive(b.Context(), jobID, io.Discard); err != nil {
			b.Fatal(err)
		}
		if _, err := p.DropJob(b.Context(), jobID); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(mines)/b.Elapsed().Seconds(), "mines/s")
}
