package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// PaperFormats are the formats that a paper of a whole run comes in, by the kind
// of the job that makes it, the usual one first.
var PaperFormats = map[string][]string{
	job.Annex1:   {"xlsx", "docx", "pdf"},
	job.Annex2:   {"docx", "pdf"},
	job.Briefing: {"docx", "pdf"},
}

// A PaperRequest asks for a paper of a whole run as a file. Its JSON is what a job
// is asked for.
type PaperRequest struct {
	Kind   string     `json:"-"` // of PaperFormats
	Scope  PaperScope `json:"scope"`
	Format string     `json:"format"` // empty is the usual one
	// Against is the run that a briefing compares with; 0 is the newest complete one
	// before.
	Against int64 `json:"against"`
}

// WritePaper writes a paper and says what it is called. Where a PDF is asked for it
// is the Word document of which one is made. note is told how many steps are done;
// it may be nil. Its errors are those of Annex1 and Briefing.
func (p *Pipeline) WritePaper(ctx context.Context, q PaperRequest, note func(done, total int)) (title string, document []byte, err error) {
	var write func(io.Writer) error
	switch q.Kind {
	case job.Annex1:
		form, err := p.annex1(ctx, q.Scope, steps{3, note})
		if err != nil {
			return "", nil, err
		}
		title = "附件1 " + form.Title
		write = func(w io.Writer) error { return report.WriteAnnex1DOCX(w, form) }
		if q.Format == "xlsx" {
			write = func(w io.Writer) error { return report.WriteAnnex1XLSX(w, form) }
		}
	case job.Annex2:
		outline, err := p.annex2(ctx, q.Scope, steps{8, note})
		if err != nil {
			return "", nil, err
		}
		title = "附件2 矿山以案促改专项行动汇报提纲"
		write = func(w io.Writer) error { return report.WriteAnnex2DOCX(w, outline) }
	case job.Briefing:
		b, err := p.briefing(ctx, q.Scope, q.Against, steps{4, note})
		if err != nil {
			return "", nil, err
		}
		title = b.Title
		write = func(w io.Writer) error { return report.WriteBriefingDOCX(w, b) }
	default:
		return "", nil, fmt.Errorf("there is no paper %q", q.Kind)
	}
	var b bytes.Buffer
	err = write(&b)
	return title, b.Bytes(), err
}

// steps are those in which a paper is gathered and written; the last is the
// writing.
type steps struct {
	total int
	note  func(done, total int)
}

func (s steps) done(n int) {
	if s.note != nil {
		s.note(n, s.total)
	}
}

// BeginPaper checks a request and stores it as a job; see BeginDossiers. What the
// request leaves open is settled, so that whoever does it makes what was asked for.
func (p *Pipeline) BeginPaper(ctx context.Context, q PaperRequest, enqueue Enqueue) (int64, error) {
	var faults []ingest.Fault
	fault := func(location, code, message string) {
		faults = append(faults, ingest.Fault{Location: location, Code: code, Message: message})
	}
	formats := PaperFormats[q.Kind]
	switch {
	case len(formats) == 0:
		fault("paper", "not-in-list", "没有这种材料。")
	case q.Format == "":
		q.Format = formats[0]
	case !slices.Contains(formats, q.Format):
		fault("format", "not-in-list", "这种材料没有这种格式。")
	}
	if q.Against != 0 && q.Kind != job.Briefing {
		fault("against", "not-of-paper", "只有简报与另一次套合比较。")
	}
	if q.Scope.LedgerEvent != 0 && q.Kind == job.Briefing {
		fault("ledger_event", "not-of-paper", "简报不随台账。")
	}
	if len(faults) > 0 {
		return 0, &ingest.RequestError{Faults: faults}
	}
	run, err := p.paperRun(ctx, q.Scope)
	if err != nil {
		return 0, err
	}
	q.Scope.RunID = run.ID
	if q.Kind == job.Briefing {
		q.Against, err = read(ctx, p, func(db pgx.Tx) (int64, error) { return runBefore(ctx, db, run.ID, q.Against) })
		if err != nil {
			return 0, err
		}
	} else if q.Scope.LedgerEvent = run.ledger.No; run.ledger.No == 0 {
		q.Scope.LedgerEvent = ledger.BeforeLog
	}
	return p.beginJob(ctx, q.Kind, run.ID, q, enqueue, oneShare)
}

// paperJob makes a paper of a whole run.
func (p *Pipeline) paperJob(ctx context.Context, j job.Job) error {
	var q PaperRequest
	if err := json.Unmarshal(j.Asked, &q); err != nil {
		return fmt.Errorf("job %d: %w", j.ID, err)
	}
	q.Kind = j.Kind
	return p.complete(ctx, j.ID, func(ctx context.Context, _ pgx.Tx, note func(done, total int)) (paper, int, error) {
		total := 0
		title, document, err := p.WritePaper(ctx, q, func(done, of int) { total = of; note(done, of) })
		if err == nil && q.Format == "pdf" {
			document, err = office.PDF(ctx, document)
		}
		return paper{title + "." + q.Format, document}, total, err
	})
}

// PaperFile opens what a job made that made a paper of a whole run: its name, in
// Chinese, and the paper. ErrNotFound, ErrJobNotComplete.
func (p *Pipeline) PaperFile(ctx context.Context, j job.Job) (name string, document []byte, err error) {
	return p.wholeFile(ctx, j.ID, j.Kind)
}
