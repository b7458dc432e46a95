package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
)

// act are the arguments of every deed.
type act struct {
	ID   int64  `arg:"" help:"Number of the item."`
	By   string `required:"" help:"Who does it."`
	Note string `help:"What is to be said of it."`
}

func (a act) changes() string { return strconv.FormatInt(a.ID, 10) }

// do does deeds one after the other and prints the item after them.
func (a act) do(s *session, deeds ...ledger.Deed) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		var item ledger.Item
		for _, deed := range deeds {
			var err error
			if item, err = p.Do(s.ctx, ledger.Act{ItemID: a.ID, By: a.By, Note: a.Note}, deed); err != nil {
				return ledgerError(err)
			}
		}
		return s.printItem(item)
	})
}

func (s *session) printItem(i ledger.Item) error {
	_, err := fmt.Fprintf(s.out, "问题 %d：%s，%s，时限 %s\n", i.ID, i.ProblemType, ledger.StateTitles[i.State], i.Deadline)
	return err
}

type ledgerAddCmd struct {
	By          string     `required:"" help:"Who enters it."`
	County      string     `required:"" help:"Six-digit code."`
	Enterprise  string     `required:"" help:"Enterprise."`
	ProblemType string     `required:"" placeholder:"CODE" help:"Problem type of the campaign file, such as mine_environment."`
	Problem     string     `required:"" help:"What was found, in words."`
	Mine        string     `placeholder:"LICENCE" help:"Licence number."`
	MineName    string     `help:"Name of the mine."`
	Township    string     `help:"Township."`
	Method      string     `help:"Mining method and mineral, such as 露天+煤矿."`
	Deadline    taohe.Date `help:"By when it is put right; the campaign's for its type by default."`
	Note        string     `help:"What is to be said of it."`
}

func (c *ledgerAddCmd) changes() string { return c.County + " " + c.ProblemType }

func (c *ledgerAddCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		item, err := p.Enter(s.ctx, ledger.Entered{
			CountyCode: c.County, LicenceNo: c.Mine, Enterprise: c.Enterprise, MineName: c.MineName, Township: c.Township,
			MethodAndMineral: c.Method, ProblemCode: c.ProblemType, Problem: c.Problem, Deadline: c.Deadline, By: c.By, Note: c.Note,
		})
		if err != nil {
			return ledgerError(err)
		}
		return s.printItem(item)
	})
}

type ledgerConfirmCmd struct{ act }

func (c *ledgerConfirmCmd) Run(s *session) error { return c.do(s, ledger.Confirm{}) }

type ledgerDismissCmd struct {
	act
	Reason string `required:"" help:"Why."`
}

func (c *ledgerDismissCmd) Run(s *session) error { return c.do(s, ledger.Dismiss{Reason: c.Reason}) }

type ledgerReopenCmd struct {
	act
	Reason string `required:"" help:"Why."`
}

func (c *ledgerReopenCmd) Run(s *session) error { return c.do(s, ledger.Reopen{Reason: c.Reason}) }

type ledgerAssignCmd struct {
	act
	To          string     `placeholder:"NAME" help:"Who works on it."`
	Responsible string     `placeholder:"NAME" help:"Who answers for it."`
	Rank        string     `help:"Their rank, 副科级 or above."`
	Contact     string     `help:"How to reach them."`
	Measures    string     `help:"How it is put right (整改措施)."`
	Deadline    taohe.Date `help:"By when; not after the campaign's."`
}

func (c *ledgerAssignCmd) Run(s *session) error {
	return c.do(s, ledger.Assign{
		AssignedTo: c.To, Responsible: c.Responsible, Rank: c.Rank, Contact: c.Contact, Measures: c.Measures, Deadline: c.Deadline,
	})
}

type ledgerStartCmd struct{ act }

func (c *ledgerStartCmd) Run(s *session) error { return c.do(s, ledger.Start{}) }

type ledgerTakeCmd struct {
	act
	Kind      string     `required:"" help:"Which measure."`
	Number    string     `help:"Number of the document."`
	On        taohe.Date `required:"" help:"When."`
	Amount    *float64   `placeholder:"YUAN" help:"Of a penalty or a daily fine."`
	Authority string     `help:"Who took it."`
}

func (c *ledgerTakeCmd) Run(s *session) error {
	return c.do(s, ledger.Measure{Kind: c.Kind, Number: c.Number, TakenOn: c.On, AmountYuan: c.Amount, Authority: c.Authority})
}

type ledgerCheckCmd struct {
	act
	On          taohe.Date `required:"" help:"When."`
	Officers    string     `required:"" help:"Who was there."`
	CorrectedMu *float64   `placeholder:"MU" help:"The area the officers measured; it stands beside the measured one."`
	At          []float64  `sep:"," placeholder:"LON,LAT" help:"Where, in degrees."`
	Photo       []string   `type:"existingfile" placeholder:"FILE" help:"Photograph, JPEG or PNG; repeatable."`
}

func (c *ledgerCheckCmd) Run(s *session) error {
	check := ledger.FieldCheck{CheckedOn: c.On, Officers: c.Officers}
	if c.CorrectedMu != nil {
		m2 := geo.M2OfMu(*c.CorrectedMu)
		check.CorrectedM2 = &m2
	}
	switch len(c.At) {
	case 0:
	case 2:
		check.Longitude, check.Latitude = &c.At[0], &c.At[1]
	default:
		return &exitError{2, "--at: 请写两个数：经度,纬度（度）。"}
	}
	var photographs []ledger.AddPhotograph
	for _, name := range c.Photo {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		if info.Size() > ledger.MaxPhotographBytes {
			return &exitError{2, fmt.Sprintf("%s: 照片不能超过 %d MB。", name, ledger.MaxPhotographBytes>>20)}
		}
		file, err := os.ReadFile(filepath.Clean(name))
		if err != nil {
			return err
		}
		photographs = append(photographs, ledger.AddPhotograph{FileName: filepath.Base(name), File: file})
	}
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		item, err := p.CheckField(s.ctx, ledger.Act{ItemID: c.ID, By: c.By, Note: c.Note}, check, photographs)
		if err != nil {
			return ledgerError(err)
		}
		return s.printItem(item)
	})
}

type ledgerMeasureCmd struct {
	IDs  []int64 `arg:"" optional:"" name:"id" help:"Numbers of items; all that can be measured by default."`
	From int64   `name:"run" required:"" help:"Run whose images are laid over."`
	JSON bool    `name:"json" help:"Print JSON."`
}

func (c *ledgerMeasureCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		var all []ledger.Measurement
		for _, id := range c.IDs {
			m, err := p.MeasureItem(s.ctx, id, c.From)
			if err != nil {
				return ledgerError(err)
			}
			all = append(all, m)
		}
		if len(c.IDs) == 0 {
			var err error
			if all, err = p.MeasureItems(s.ctx, c.From, s.progress("核验")); err != nil {
				return ledgerError(err)
			}
		}
		shown := []api.LedgerMeasurement{}
		for _, m := range all {
			shown = append(shown, api.NewLedgerMeasurement(m))
		}
		if c.JSON {
			return s.printJSON(shown)
		}
		for _, m := range shown {
			s.printMeasurement(m)
		}
		return nil
	})
}

func (s *session) printMeasurement(m api.LedgerMeasurement) {
	on := "无较新影像"
	if m.NewestImagedOn != nil {
		on = "影像 " + *m.NewestImagedOn
	}
	fmt.Fprintf(s.out, "问题 %d（%s）：%s。原 %s 亩：已整改 %s 亩（%.2f%%），仍见扰动 %s 亩（%.2f%%），未覆盖 %s 亩（%.2f%%）；另扩大 %s 亩，移位 %s 亩\n",
		m.ItemID, on, m.VerdictTitle, mu(m.Ground.Mu), mu(m.Rectified.Mu), m.Percent.Rectified, mu(m.Remaining.Mu), m.Percent.Remaining,
		mu(m.NotObserved.Mu), m.Percent.NotObserved, mu(m.Grown.Mu), mu(m.Moved.Mu))
}

type ledgerProposeCmd struct {
	act
	As             ledger.Way `required:"" help:"rectified, legalised, reclaimed, treated or withdrawn."`
	From           int64      `name:"run" help:"Run whose later images measure the ground; required for rectified."`
	Approval       string     `placeholder:"NUMBER" help:"Of legalised: the approval that covers the ground."`
	Document       string     `placeholder:"NUMBER" help:"Of reclaimed and treated: the paper that accepted the work."`
	AcceptedOn     taohe.Date `help:"Of reclaimed and treated: when it was accepted."`
	ReturnedOn     taohe.Date `help:"Of reclaimed: when the land was handed over."`
	ReturnDocument string     `placeholder:"NUMBER" help:"Of reclaimed: the paper of that."`
	Reason         string     `help:"Of withdrawn: why."`
}

func (c *ledgerProposeCmd) Run(s *session) error {
	return c.do(s, ledger.Propose{As: c.As, RunID: c.From, Evidence: ledger.Evidence{
		ApprovalNo: c.Approval, Document: c.Document, AcceptedOn: stated(c.AcceptedOn), ReturnedOn: stated(c.ReturnedOn),
		ReturnDocument: c.ReturnDocument, Reason: c.Reason,
	}})
}

func stated(d taohe.Date) *taohe.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

type ledgerApproveCmd struct{ act }

func (c *ledgerApproveCmd) Run(s *session) error { return c.do(s, ledger.Approve{}) }

type ledgerRejectCmd struct {
	act
	Reason string `required:"" help:"Why."`
}

func (c *ledgerRejectCmd) Run(s *session) error { return c.do(s, ledger.Reject{Reason: c.Reason}) }

type verifyCmd struct{}

// Run says in one line a break; whoever runs it by the clock looks at the status.
func (verifyCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, pool *pgxpool.Pool) error {
		v, err := p.Verify(s.ctx)
		if err != nil {
			return err
		}
		audit, err := access.New(pool).Verify(s.ctx)
		if err != nil {
			return err
		}
		breaks := len(v.Breaks)
		if audit.Break != "" {
			breaks++
			fmt.Fprintln(s.out, audit.Break)
		}
		for _, b := range v.Breaks {
			fmt.Fprintln(s.out, b)
		}
		for _, id := range v.Foreign {
			fmt.Fprintf(s.out, "套合 %d 由其他版本的程序计算，封存值相符，摘要无法重算。\n", id)
		}
		if breaks > 0 {
			return &exitError{1, fmt.Sprintf("校验不通过：%d 处与写入时不同。", breaks)}
		}
		_, err = fmt.Fprintf(s.out, "校验通过：台账 %d 个事件，末尾 %s；%d 次套合；操作记录 %d 条，末尾 %s。\n", v.Events, v.Head, v.Runs, audit.Events, audit.Head)
		return err
	})
}

// campaign reads the campaign file, if one is given.
func (s *session) campaign() (*ledger.Campaign, error) {
	if s.cli.Campaign == "" {
		return nil, nil //nolint:nilnil // none is the shipped one
	}
	text, err := os.ReadFile(filepath.Clean(s.cli.Campaign))
	if err != nil {
		return nil, err
	}
	c, err := ledger.ParseCampaign(text)
	var faults *ledger.CampaignError
	if errors.As(err, &faults) {
		return nil, &exitError{2, s.cli.Campaign + ": " + faults.Error()}
	}
	return &c, err
}
