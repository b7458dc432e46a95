package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
	"github.com/taohe-gis/taohe/report/drawing"
	"github.com/taohe-gis/taohe/report/mapsheet"
)

// A DossiersRequest asks for the dossiers and maps of the mines of a run. Its
// JSON is what a job is asked for.
type DossiersRequest struct {
	// RunID 0 is the newest complete run of the first county.
	RunID int64 `json:"-"`
	// Counties and LicenceNos choose mines; each may be empty for all.
	Counties   []string `json:"counties"`
	LicenceNos []string `json:"licence_nos"`
	// Format of the dossiers, docx or pdf, and of the maps, png or pdf.
	Format    string `json:"format"`
	MapFormat string `json:"map_format"`
	// LedgerEvent is the event of the ledger that the dossiers follow, so that all
	// follow the same; 0 is the newest when the request is made.
	LedgerEvent int64 `json:"ledger_event"`
	// Map is how the maps are drawn, with DPI as a picture.
	Map mapsheet.Options `json:"map"`
	DPI int              `json:"dpi"`
	// Orthophoto lies beneath the maps. Where none is named, those that are there when
	// the request is made count.
	Orthophoto OrthophotoChoice `json:"orthophoto"`
}

// BeginDossiers checks a request and stores it as a job of this program, or of the
// queue where enqueue puts it there, in the transaction that stores it. Faults are
// *ingest.RequestError; ErrNotFound, ErrNotComplete, ErrWhatIf of the run.
func (p *Pipeline) BeginDossiers(ctx context.Context, q DossiersRequest, enqueue Enqueue) (int64, error) {
	q, err := p.settle(ctx, q)
	if err != nil {
		return 0, err
	}
	return p.beginJob(ctx, job.Dossiers, q.RunID, q, enqueue, func(tx pgx.Tx, id int64) (int, error) {
		total, err := job.AddMines(ctx, tx, id, q.Counties, q.LicenceNos)
		if err == nil && total == 0 {
			err = &ingest.RequestError{Faults: []ingest.Fault{{Location: "counties", Code: "no-mines", Message: "所选范围内没有矿山。"}}}
		}
		return total, err
	})
}

// settle fills in what a request left open, and says what is wrong with it.
func (p *Pipeline) settle(ctx context.Context, q DossiersRequest) (DossiersRequest, error) {
	if q.RunID == 0 {
		county := ""
		if len(q.Counties) > 0 {
			county = q.Counties[0]
		}
		var err error
		if q.RunID, err = p.NewestCompleteRun(ctx, county); err != nil {
			return q, err
		}
	}
	run, err := p.completeRun(ctx, q.RunID)
	if err != nil {
		return q, err
	}
	var faults []ingest.Fault
	for i, c := range q.Counties {
		if !slices.Contains(run.Counties, c) {
			faults = append(faults, ingest.Fault{Location: fmt.Sprintf("counties[%d]", i), Code: "unknown-county", Message: fmt.Sprintf("套合 %d 没有这个旗区。", run.ID)})
		}
	}
	unknown, err := read(ctx, p, func(db pgx.Tx) ([]string, error) { return overlay.UnknownMines(ctx, db, run.ID, q.LicenceNos) })
	if err != nil {
		return q, err
	}
	for i, no := range q.LicenceNos {
		if slices.Contains(unknown, no) {
			faults = append(faults, ingest.Fault{Location: fmt.Sprintf("licence_nos[%d]", i), Code: "unknown-mine", Message: fmt.Sprintf("套合 %d 没有这个许可证号的矿山。", run.ID)})
		}
	}
	// In one order, so that the same question is the same job.
	q.Counties = slices.Compact(slices.Sorted(slices.Values(q.Counties)))
	q.LicenceNos = slices.Compact(slices.Sorted(slices.Values(q.LicenceNos)))
	if q.DPI < mapsheet.MinDPI || q.DPI > mapsheet.MaxDPI {
		faults = append(faults, ingest.Fault{Location: "dpi", Code: "out-of-range", Message: fmt.Sprintf("分辨率应在 %d 与 %d 之间。", mapsheet.MinDPI, mapsheet.MaxDPI)})
	}
	if unknown, err := p.settleOrthophoto(ctx, &q.Orthophoto); err != nil {
		return q, err
	} else if unknown {
		faults = append(faults, ingest.Fault{Location: "orthophoto", Code: "unknown-orthophoto", Message: fmt.Sprintf("没有编号为 %d 的正射影像。", q.Orthophoto.ID)})
	}
	if len(faults) > 0 {
		return q, &ingest.RequestError{Faults: faults}
	}
	m, err := read(ctx, p, func(db pgx.Tx) (ledger.Moment, error) {
		return ledger.MomentOf(ctx, db, p.Campaign().Name, q.LedgerEvent)
	})
	if q.LedgerEvent = m.No; m.No == 0 {
		q.LedgerEvent = ledger.BeforeLog
	}
	return q, ledgerError(err)
}

// completeRun returns a run that papers can be made of.
func (p *Pipeline) completeRun(ctx context.Context, id int64) (overlay.Run, error) {
	run, err := p.Run(ctx, id)
	if err == nil {
		err = whole(run)
	}
	return run, err
}

// ExecuteDossiers does a job of this program's, several mines at a time. Where the
// context ends, the job goes with all that it made; on another error it has failed.
// progress may be nil.
func (p *Pipeline) ExecuteDossiers(ctx context.Context, id int64, press *Press, progress func(done, total int)) error {
	err := p.executeDossiers(ctx, id, press, progress)
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil:
		return errors.Join(err, p.FailJob(ctx, id, err))
	}
	end, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	_, endErr := job.End(end, p.pool, id, job.Cancelled, "")
	_, dropErr := job.Drop(end, p.pool, id)
	return errors.Join(err, endErr, dropErr)
}

func (p *Pipeline) executeDossiers(ctx context.Context, id int64, press *Press, progress func(done, total int)) error {
	j, err := p.take(ctx, id)
	if err != nil {
		return err
	}
	if j == nil {
		return p.completed(ctx, id)
	}
	working, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range p.workers {
		wg.Go(func() {
			if err := p.helpDossiers(working, *j, press, func(done, total int) {
				mu.Lock()
				defer mu.Unlock()
				if progress != nil {
					progress(done, total)
				}
			}); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	if err := context.Cause(working); err != nil {
		return err
	}
	return p.completed(ctx, id)
}

// completed is nil for a job that nobody else closed.
func (p *Pipeline) completed(ctx context.Context, id int64) error {
	j, err := p.Job(ctx, id)
	if err == nil && j.Status != job.Complete {
		err = ErrCancelled
	}
	return err
}

// helpDossiers does its share of a job, beside any number of others: mines as long
// as there are any that nobody else does.
func (p *Pipeline) helpDossiers(ctx context.Context, j job.Job, press *Press, progress func(done, total int)) error {
	var q DossiersRequest
	if err := json.Unmarshal(j.Asked, &q); err != nil {
		return fmt.Errorf("job %d: %w", j.ID, err)
	}
	q.RunID = j.RunID
	for {
		x, err := p.nextDossier(ctx, j.ID, q, press)
		switch {
		case errors.Is(err, job.ErrNoPart):
			_, err = job.Finish(ctx, p.pool, j.ID)
			return err
		case errors.Is(err, job.ErrOver):
			return nil
		case err != nil:
			return err
		case progress != nil:
			progress(x.Done+x.Failed, x.Total)
		}
	}
}

// partTries is how often a mine is begun: when its program died each time, it is
// more likely the mine than chance.
const partTries = 3

// nextDossier claims a mine, makes its papers and stores them, all in one
// transaction: when this program dies, the mine is pending again and nothing of it
// is there.
func (p *Pipeline) nextDossier(ctx context.Context, id int64, q DossiersRequest, press *Press) (x job.Progress, err error) {
	begun := ""
	err = pg.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		licenceNo, err := job.Claim(ctx, tx, id)
		if err != nil {
			return err
		}
		tries, err := job.Try(ctx, p.pool, id, licenceNo)
		if err != nil {
			return err
		}
		begun = licenceNo
		why := fmt.Sprintf("程序 %d 次在制作这座矿山的材料时中断，已跳过。", partTries)
		if tries <= partTries {
			var papers []paper
			if papers, why, err = p.papers(ctx, licenceNo, q, press); err != nil {
				return err
			}
			for no, f := range papers {
				if err := job.Put(ctx, tx, id, licenceNo, no+1, f.name, f.content); err != nil {
					return err
				}
			}
		}
		x, err = job.EndPart(ctx, tx, id, licenceNo, why)
		return err
	})
	if err != nil && begun != "" {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		// Where the database is gone, the count stands, as after a crash.
		_ = job.Untry(end, p.pool, id, begun)
	}
	return x, err
}

// A paper is a file of a mine.
type paper struct {
	name    string
	content []byte
}

// papers makes a mine's, or says in Chinese why it cannot. It returns an error only
// when this program can go on with no mine.
func (p *Pipeline) papers(ctx context.Context, licenceNo string, q DossiersRequest, press *Press) (made []paper, why string, err error) {
	made, err = p.makePapers(ctx, licenceNo, q, press)
	var conversion *office.ConversionError
	var unfit *ImageError
	switch {
	case err == nil:
		return made, "", nil
	case ctx.Err() != nil, pg.Unavailable(err), pg.StorageFull(err), errors.Is(err, drawing.ErrNoFont), errors.Is(err, office.ErrMissing), errors.Is(err, ErrNoGDAL):
		return nil, "", err
	case errors.As(err, &conversion):
		why = "LibreOffice 没有生成 PDF：" + conversion.Reason
	case errors.As(err, &unfit):
		why = unfit.Message + "不用影像请在 orthophoto 中写 none。"
	default:
		why = "系统内部错误，已记入日志。"
	}
	p.log.Error("no papers of a mine", "run", q.RunID, "mine", licenceNo, "err", err)
	return nil, why, nil
}

func (p *Pipeline) makePapers(ctx context.Context, licenceNo string, q DossiersRequest, press *Press) (made []paper, err error) {
	// One mine must not end the program, and with it all other mines.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	d, err := p.DossierAt(ctx, q.RunID, licenceNo, q.LedgerEvent)
	if err != nil {
		return nil, err
	}
	sheet, err := p.draw(ctx, press, d.Mine, q.Map, q.Orthophoto)
	if err != nil {
		return nil, err
	}
	if d.Map, err = png(sheet, DossierDPI); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := report.WriteDossierDOCX(&b, *d); err != nil {
		return nil, err
	}
	dossier := b.Bytes()
	if q.Format == "pdf" {
		if dossier, err = office.PDF(ctx, dossier); err != nil {
			return nil, err
		}
	}
	picture := d.Map
	switch {
	case q.MapFormat == "pdf":
		var b bytes.Buffer
		if err := sheet.WritePDF(&b); err != nil {
			return nil, err
		}
		picture = b.Bytes()
	case q.DPI != DossierDPI:
		if picture, err = png(sheet, q.DPI); err != nil {
			return nil, err
		}
	}
	name := fileName(licenceNo, d.Mine.Mine.MineName)
	return []paper{{"一矿一案/" + name + "." + q.Format, dossier}, {"套合图/" + name + "." + q.MapFormat, picture}}, nil
}

// fileName is what a mine's files are called, on every file system.
func fileName(licenceNo, mine string) string {
	const longest = 60 // letters
	letters := []rune(strings.TrimSpace(mine))
	for i, r := range letters {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar || strings.ContainsRune(`<>:"/\|?*`, r) {
			letters[i] = '_'
		}
	}
	if len(letters) > longest {
		letters = letters[:longest]
	}
	// A file system that takes no full stop or blank at the end takes one before
	// the ending.
	if name := strings.TrimRight(string(letters), ". "); name != "" {
		return licenceNo + "_" + name
	}
	return licenceNo
}
