package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/api"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/ledger"
)

type ledgerCmd struct {
	Campaign ledgerCampaignCmd `cmd:"" help:"Show the campaign of the ledger: groups, deadlines, problem types, ranks."`
	Plan     ledgerPlanCmd     `cmd:"" help:"Say what a run would do to the ledger; nothing is done."`
	Apply    ledgerApplyCmd    `cmd:"" help:"Put a run into the ledger. The same run again changes nothing."`
	List     ledgerListCmd     `cmd:"" help:"List items."`
	Show     ledgerShowCmd     `cmd:"" help:"Show an item with its whole history."`
	Progress ledgerProgressCmd `cmd:"" help:"Say how many items are closed, late and on schedule, by county and group."`
	Export   ledgerExportCmd   `cmd:"" help:"Write the items in the columns of 附件1 as CSV; dismissed ones are left out."`

	Add     ledgerAddCmd     `cmd:"" help:"Enter an item of a problem type that no map shows."`
	Confirm ledgerConfirmCmd `cmd:"" help:"Say that a lead is true."`
	Dismiss ledgerDismissCmd `cmd:"" help:"Say that it is not, and why."`
	Reopen  ledgerReopenCmd  `cmd:"" help:"Take up again what was closed or dismissed."`
	Assign  ledgerAssignCmd  `cmd:"" help:"Say who works on an item, who answers for it, by when and how it is put right."`
	Start   ledgerStartCmd   `cmd:"" help:"Say that an item is being put right."`
	Take    ledgerTakeCmd    `cmd:"" help:"Note a measure that an authority took: case_filed, penalty, stop_order, judicial_referral, supervised, new_face_suspended, renewal_suspended, credit_published, daily_fine or green_list_removed."`
	Check   ledgerCheckCmd   `cmd:"" help:"Note a field check, with photographs and the area the officers measured."`
	Measure ledgerMeasureCmd `cmd:"" help:"Lay the later images of a run over the ground of items: rectified, remaining, grown, moved, not observed."`
	Propose ledgerProposeCmd `cmd:"" help:"Propose to close an item: rectified, legalised, reclaimed, treated or withdrawn."`
	Approve ledgerApproveCmd `cmd:"" help:"Close an item as proposed; not by whoever proposed."`
	Reject  ledgerRejectCmd  `cmd:"" help:"Send a proposal back, and say why."`
}

// ledgerError puts what the ledger refuses into words for a clerk.
func ledgerError(err error) error {
	var state *ledger.StateError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pipeline.ErrNotFound):
		return &exitError{2, "没有找到这个编号的问题或套合，请核对。"}
	case errors.Is(err, pipeline.ErrOneMine):
		return &exitError{2, oneMine}
	case errors.Is(err, pipeline.ErrWhatIf):
		return &exitError{2, "假设套合不能入账。"}
	case errors.Is(err, pipeline.ErrNotComplete), errors.Is(err, ledger.ErrNotComplete):
		return &exitError{2, "这次套合没有完成，不能入账或核验。"}
	case errors.Is(err, ledger.ErrOlderRun):
		return &exitError{2, "台账已按更晚截止日的套合入账，较早的套合不能再入账。"}
	case errors.Is(err, ledger.ErrSamePerson):
		return &exitError{2, "申请销号的人不能自己审批，请由另一人审批。"}
	case errors.Is(err, ledger.ErrNotByImage):
		return &exitError{2, "这个问题不以影像为依据，不能按影像核验。"}
	case errors.Is(err, ledger.ErrNoEarlierDay):
		return &exitError{2, "这次套合的截止日不晚于发现该问题的套合，无从核验。请用较晚的套合。"}
	case errors.As(err, &state):
		return &exitError{2, fmt.Sprintf("问题 %d 的状态是“%s”，不能这样处理。", state.Item, ledger.StateTitles[state.State])}
	}
	return err
}

func (s *session) printJSON(v any) error { return writeIndented(s.out, v) }

func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

type ledgerCampaignCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *ledgerCampaignCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		shown := api.NewLedgerCampaign(p.Campaign())
		if c.JSON {
			return s.printJSON(shown)
		}
		fmt.Fprintf(s.out, "%s\n%s 起，一般整改时限 %s；职级：%s\n\n", shown.Title, shown.Starts, shown.Deadline, strings.Join(shown.Ranks, "、"))
		t := table{head: []string{"类别", "代码", "名称或时限", "组"}}
		for _, no := range slices.Sorted(maps.Keys(shown.Groups)) {
			t.add("工作组", no, shown.Groups[no], "")
		}
		for _, code := range slices.Sorted(maps.Keys(shown.Deadlines)) {
			t.add("时限", code, shown.Deadlines[code], "")
		}
		for _, code := range slices.Sorted(maps.Keys(shown.Ownerless)) {
			t.add("无主地块的时限", code, shown.Ownerless[code], "")
		}
		for _, kind := range shown.ProblemTypes {
			t.add("问题类型", kind.Code, kind.Title, strconv.Itoa(kind.Group))
		}
		return t.write(s.out)
	})
}

type ledgerPlanCmd struct {
	RunID int64 `arg:"" name:"run" help:"Number of the run."`
	JSON  bool  `name:"json" help:"Print JSON."`
}

func (c *ledgerPlanCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		plan, err := p.PlanFeed(s.ctx, c.RunID)
		if err != nil {
			return ledgerError(err)
		}
		if c.JSON {
			return s.printJSON(api.NewLedgerPlan(plan))
		}
		if err := s.printPlan(plan); err != nil || plan.Applied {
			return err
		}
		_, err = fmt.Fprintf(s.out, "尚未入账。确认后请执行 taohe ledger apply %d --by 姓名\n", c.RunID)
		return err
	})
}

type ledgerApplyCmd struct {
	RunID int64  `arg:"" name:"run" help:"Number of the run."`
	By    string `required:"" help:"Who puts it in."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

func (c *ledgerApplyCmd) changes() string { return strconv.FormatInt(c.RunID, 10) }

func (c *ledgerApplyCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		plan, err := p.Feed(s.ctx, c.RunID, c.By, s.progress("入账"))
		if err != nil {
			return ledgerError(err)
		}
		if c.JSON {
			return s.printJSON(api.NewLedgerPlan(plan))
		}
		return s.printPlan(plan)
	})
}

func (s *session) printPlan(plan *ledger.Plan) error {
	if plan.Applied {
		_, err := fmt.Fprintf(s.out, "套合 %d 此前已经入账，没有改变任何内容。\n", plan.Run.ID)
		return err
	}
	var counts []string
	for _, o := range []ledger.Outcome{
		ledger.New, ledger.Reopened, ledger.Changed, ledger.Gone, ledger.Unchanged, ledger.NotAsked, ledger.Settled, ledger.Excluded,
	} {
		counts = append(counts, fmt.Sprintf("%s %d", ledger.OutcomeTitles[o], plan.Count(o)))
	}
	fmt.Fprintf(s.out, "套合 %d（截止日 %s）：%s\n", plan.Run.ID, plan.Run.AsOf, strings.Join(counts, "，"))
	t := table{
		head:  []string{"变化", "编号", "许可证号", "企业", "问题类型", "原（亩）", "现（亩）", "增地（亩）", "减地（亩）"},
		right: []bool{false, true, false, false, false, true, true, true, true},
	}
	for _, l := range plan.Sorted() {
		if l.Outcome == ledger.Unchanged {
			continue
		}
		id, now := "", 0.0
		if l.Item.ID != 0 {
			id = strconv.FormatInt(l.Item.ID, 10)
		}
		if l.Item.Found {
			now = *l.Item.MeasuredM2
		}
		t.add(ledger.OutcomeTitles[l.Outcome], id, l.Item.LicenceNo, l.Item.Enterprise, l.Item.ProblemType,
			mu(geo.Mu(l.WasM2)), mu(geo.Mu(now)), mu(geo.Mu(l.GainedM2)), mu(geo.Mu(l.LostM2)))
	}
	if len(t.rows) == 0 {
		return nil
	}
	return t.write(s.out)
}

// chosen are the flags that choose items, in the words of the HTTP interface.
type chosen struct {
	placeFlags
	LicenceNo   string     `placeholder:"LICENCE" help:"Licence number."`
	Group       int        `help:"Working group."`
	State       string     `enum:"lead,confirmed,dismissed,rectifying,awaiting_acceptance,closed," default:"" help:"lead, confirmed, dismissed, rectifying, awaiting_acceptance or closed."`
	ProblemCode string     `placeholder:"CODE" help:"Rule, or problem type of the campaign."`
	ProblemType string     `placeholder:"TITLE" help:"Problem type, e.g. 越界开采."`
	AssignedTo  string     `placeholder:"NAME" help:"Who works on it."`
	Due         string     `enum:"overdue,soon," default:"" help:"Open items whose deadline is over (overdue), or is over or comes within the campaign's due_soon_days (soon)."`
	Day         taohe.Date `help:"The day of which --due speaks; today by default."`
}

func (c chosen) filter(campaign ledger.Campaign) ledger.Filter {
	f := pipeline.LedgerPlace(ledger.Filter{
		LicenceNo: c.LicenceNo, Group: c.Group, State: ledger.State(c.State), ProblemCode: c.ProblemCode, ProblemType: c.ProblemType, AssignedTo: c.AssignedTo,
	}, c.place())
	switch day := today(c.Day); c.Due {
	case "overdue":
		f.DueBy = day.AddDate(0, 0, -1)
	case "soon":
		f.DueBy = campaign.DueSoon(day)
	}
	return f
}

// today is the day given, or the one on the clock.
func today(day taohe.Date) taohe.Date {
	if day.IsZero() {
		return taohe.DateOf(time.Now())
	}
	return day
}

type ledgerListCmd struct {
	chosen
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *ledgerListCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		t := table{
			head:  []string{"编号", "状态", "时限", "企业", "问题类型", "面积（亩）", "责任人", "承办人"},
			right: []bool{true, false, false, false, false, true},
		}
		items := []api.LedgerItem{}
		for i, err := range p.EachItem(s.ctx, c.filter(p.Campaign())) {
			if err != nil {
				return err
			}
			items = append(items, api.NewLedgerItem(i))
			area := ""
			if i.MeasuredM2 != nil {
				area = mu(geo.Mu(*i.MeasuredM2))
			}
			t.add(strconv.FormatInt(i.ID, 10), ledger.StateTitles[i.State], i.Deadline.String(), i.Enterprise, i.ProblemType, area, i.Responsible, i.AssignedTo)
		}
		if c.JSON {
			return s.printJSON(items)
		}
		return t.write(s.out)
	})
}

type ledgerShowCmd struct {
	ID   int64 `arg:"" help:"Number of the item."`
	JSON bool  `name:"json" help:"Print JSON."`
}

func (c *ledgerShowCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		d, err := p.ItemDossier(s.ctx, c.ID)
		if err != nil {
			return ledgerError(err)
		}
		shown := api.NewLedgerDossier(d, p.Campaign())
		if c.JSON {
			return s.printJSON(shown)
		}
		return s.printDossier(d, shown)
	})
}

func (s *session) printDossier(d ledger.Dossier, shown api.LedgerDossier) error {
	i := d.Item
	fmt.Fprintf(s.out, "问题 %d  %s  时限 %s\n%s %s\n%s\n", i.ID, ledger.StateTitles[i.State], i.Deadline, i.Enterprise, i.MineName, i.Said())
	if i.Responsible != "" {
		fmt.Fprintf(s.out, "责任人：%s\n", i.Row().Responsible)
	}
	for _, x := range [][2]string{{"承办人", i.AssignedTo}, {"整改措施", i.Measures}} {
		if x[1] != "" {
			fmt.Fprintf(s.out, "%s：%s\n", x[0], x[1])
		}
	}
	if i.CorrectedM2 != nil {
		fmt.Fprintf(s.out, "现场核定：%s 亩\n", mu(geo.Mu(*i.CorrectedM2)))
	}
	if i.ClosedAs != nil {
		fmt.Fprintf(s.out, "销号：%s，依据日期 %s\n", ledger.WayTitles[*i.ClosedAs], i.ClosedOn)
	}
	for _, m := range shown.MeasuresTaken {
		fmt.Fprintf(s.out, "措施：%s %s %s %s", m.TakenOn, m.KindTitle, m.Number, m.Authority)
		if m.AmountYuan != nil {
			fmt.Fprintf(s.out, " %.2f 元", *m.AmountYuan)
		}
		fmt.Fprintln(s.out)
	}
	for _, v := range d.Visits {
		fmt.Fprintf(s.out, "现场核查：%s %s", v.CheckedOn, v.Officers)
		if v.CorrectedM2 != nil {
			fmt.Fprintf(s.out, "，实测 %s 亩", mu(geo.Mu(*v.CorrectedM2)))
		}
		if v.Longitude != nil {
			fmt.Fprintf(s.out, "，经纬度 %g,%g", *v.Longitude, *v.Latitude)
		}
		fmt.Fprintln(s.out)
	}
	for _, p := range shown.Photographs {
		fmt.Fprintf(s.out, "照片 %d：%s %d×%d\n", p.EventNo, p.FileName, p.Width, p.Height)
	}
	for _, p := range shown.Proposals {
		fmt.Fprintf(s.out, "销号申请 %d：%s，%s\n", p.EventNo, p.AsTitle, p.ProposedBy)
		if p.Measurement != nil {
			s.printMeasurement(*p.Measurement)
		}
	}
	t := table{head: []string{"事件", "时间", "事项", "经办", "说明"}, right: []bool{true}}
	for _, e := range d.Events {
		t.add(strconv.FormatInt(e.No, 10), e.At.Local().Format(time.DateTime), ledger.KindTitles[e.Kind], e.Actor, e.Note())
	}
	fmt.Fprintln(s.out)
	return t.write(s.out)
}

type ledgerProgressCmd struct {
	Day  taohe.Date `help:"The day of which it speaks; today by default."`
	JSON bool       `name:"json" help:"Print JSON."`
}

func (c *ledgerProgressCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		day := today(c.Day)
		all, err := p.Progress(s.ctx, day)
		if err != nil {
			return err
		}
		shown := api.NewLedgerProgress(p.Campaign(), day, all)
		if c.JSON {
			return s.printJSON(shown)
		}
		fmt.Fprintf(s.out, "截至 %s，时间进度 %.2f%%\n", day, shown.ElapsedPercent)
		t := table{
			head:  []string{"旗区", "工作组", "问题", "线索", "已核实", "整改中", "待验收", "已销号", "已排除", "逾期", "即将到期", "序时", "销号率"},
			right: []bool{false, true, true, true, true, true, true, true, true, true, true, true, true},
		}
		add := func(county, group string, l api.LedgerProgressLine) {
			row := []string{county, group}
			for _, n := range []int{
				l.Items, l.Leads, l.Confirmed, l.Rectifying, l.AwaitingAcceptance, l.Closed, l.Dismissed, l.Overdue, l.DueSoon, l.OnSchedule,
			} {
				row = append(row, strconv.Itoa(n))
			}
			t.add(append(row, fmt.Sprintf("%.2f%%", l.ClosedPercent))...)
		}
		for _, l := range shown.Lines {
			add(l.CountyCode, strconv.Itoa(l.Group), l)
		}
		add("合计", "", shown.Total)
		return t.write(s.out)
	})
}

type ledgerExportCmd struct {
	chosen
	Out string `short:"o" type:"path" help:"File to write to; the terminal by default."`
}

func (c *ledgerExportCmd) Run(s *session) error {
	return s.withPipeline(s.cli.Database, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		rows, err := p.FormRows(s.ctx, c.filter(p.Campaign()))
		if err != nil {
			return err
		}
		if c.Out == "" {
			return ledger.WriteCSV(s.out, rows)
		}
		var b strings.Builder
		if err := ledger.WriteCSV(&b, rows); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Clean(c.Out), []byte(b.String()), 0o644); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%d 个问题写入 %s\n", len(rows), c.Out)
		return err
	})
}
