package ledger

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
)

//go:embed campaigns/2022.yaml
var campaign2022 []byte

// A Campaign is the frame of a ledger: its form, its working groups, its phases
// and deadlines, what may be entered by hand, and its thresholds.
type Campaign struct {
	Name   string
	Title  string
	Starts taohe.Date
	Groups map[int]string
	Phases []Phase
	// Deadline is the general one; Deadlines are by rule or problem type.
	Deadline  string
	Deadlines map[string]string
	// OwnerlessDeadlines are by rule, of ground that has no owner.
	OwnerlessDeadlines map[string]string
	// Ranks are those a person answerable may have, the lowest first.
	Ranks        []string
	Thresholds   CampaignThresholds
	ProblemTypes []ProblemType
	// Text is the file as it was.
	Text string
}

// A Phase is a stretch of a campaign, and the state by which an item is on
// schedule when it is over; "" for none.
type Phase struct {
	Name    string
	Until   taohe.Date
	Expects State
}

// CampaignThresholds are the numbers of a campaign.
type CampaignThresholds struct {
	// SameGroundM2 is the overlap from which ground is the same item's.
	SameGroundM2 float64 `yaml:"same_ground_m2"`
	// CloseToleranceM2 is the ground that a measured close-out counts as none.
	CloseToleranceM2 float64 `yaml:"close_tolerance_m2"`
	// MovedWithinM is how far away new ground counts as an item's that moved.
	MovedWithinM float64 `yaml:"moved_within_m"`
	DueSoonDays  int     `yaml:"due_soon_days"`
}

// A ProblemType is one that no map shows.
type ProblemType struct {
	Code  string `yaml:"code"`
	Title string `yaml:"title"`
	Group int    `yaml:"group"`
}

// Campaign2022 is the campaign the program ships.
func Campaign2022() (Campaign, error) { return ParseCampaign(campaign2022) }

// DeadlineOf is the day by which an item of the rule or problem type must be put
// right; ownerless says that its ground has no owner.
func (c Campaign) DeadlineOf(code string, ownerless bool) string {
	if d, ok := c.OwnerlessDeadlines[code]; ok && ownerless {
		return d
	}
	if d, ok := c.Deadlines[code]; ok {
		return d
	}
	return c.Deadline
}

// ProblemType returns the type of that code.
func (c Campaign) ProblemType(code string) (ProblemType, bool) {
	i := slices.IndexFunc(c.ProblemTypes, func(t ProblemType) bool { return t.Code == code })
	if i < 0 {
		return ProblemType{}, false
	}
	return c.ProblemTypes[i], true
}

// choices are the codes of its problem types, for who gave none of them.
func (c Campaign) choices() string {
	var all []string
	for _, t := range c.ProblemTypes {
		all = append(all, t.Code+"（"+t.Title+"）")
	}
	if len(all) == 0 {
		return "方案没有可人工录入的问题类型。"
	}
	return "可填：" + strings.Join(all, "、") + "。"
}

// A CampaignFault is one thing wrong with a campaign file.
type CampaignFault struct {
	Line    int
	Message string
}

// A CampaignError carries every fault of a campaign file at once.
type CampaignError struct{ Faults []CampaignFault }

func (e *CampaignError) Error() string {
	var s []string
	for _, f := range e.Faults {
		s = append(s, fmt.Sprintf("line %d: %s", f.Line, f.Message))
	}
	return "campaign file: " + strings.Join(s, "; ")
}

// written is a scalar of a file with its place.
type written struct {
	text string
	line int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (w *written) UnmarshalYAML(node *yaml.Node) error {
	w.text, w.line = node.Value, node.Line
	return nil
}

// campaignFile is a campaign as it is written.
type campaignFile struct {
	Name   written        `yaml:"name"`
	Title  written        `yaml:"title"`
	Starts written        `yaml:"starts"`
	Groups map[int]string `yaml:"groups"`
	Phases []struct {
		Name    written `yaml:"name"`
		Until   written `yaml:"until"`
		Expects written `yaml:"expects"`
	} `yaml:"phases"`
	Deadline     written            `yaml:"deadline"`
	Deadlines    map[string]written `yaml:"deadlines"`
	Ownerless    map[string]written `yaml:"ownerless_deadlines"`
	Ranks        []string           `yaml:"ranks"`
	Thresholds   CampaignThresholds `yaml:"thresholds"`
	ProblemTypes []ProblemType      `yaml:"problem_types"`
}

// ParseCampaign reads a campaign file strictly: unknown keys, rules and states,
// dates that are none and missing keys are faults, all of which come back at
// once as a *CampaignError.
func ParseCampaign(text []byte) (Campaign, error) {
	var p campaignParser
	c := p.parse(text)
	if len(p.faults) > 0 {
		slices.SortStableFunc(p.faults, func(a, b CampaignFault) int { return a.Line - b.Line })
		return Campaign{}, &CampaignError{p.faults}
	}
	c.Text = string(text)
	return c, nil
}

type campaignParser struct{ faults []CampaignFault }

func (p *campaignParser) fault(line int, format string, args ...any) {
	p.faults = append(p.faults, CampaignFault{max(line, 1), fmt.Sprintf(format, args...)})
}

func (p *campaignParser) parse(text []byte) Campaign {
	var f campaignFile
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	err := dec.Decode(&f)
	var typed *yaml.TypeError
	switch {
	case errors.As(err, &typed): // what could be read was read
		for _, said := range typed.Errors {
			line, message := 1, said
			if _, scanErr := fmt.Sscanf(said, "line %d:", &line); scanErr == nil {
				_, message, _ = strings.Cut(said, ": ")
			}
			if field, _, unknown := strings.Cut(strings.TrimPrefix(message, "field "), " not found in type "); unknown {
				message = fmt.Sprintf("unknown key %q", field)
			}
			p.fault(line, "%s", message)
		}
	case err != nil:
		p.fault(1, "%v", err)
		return Campaign{}
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		p.fault(1, "more than one document")
	}
	c := Campaign{
		Name: p.said("name", f.Name), Title: p.said("title", f.Title), Starts: p.day("starts", f.Starts), Groups: f.Groups,
		Deadline: p.day("deadline", f.Deadline).String(), Deadlines: map[string]string{}, OwnerlessDeadlines: map[string]string{}, Ranks: f.Ranks, Thresholds: f.Thresholds,
		ProblemTypes: f.ProblemTypes,
	}
	p.problemTypes(c)
	p.deadlines(&c, f)
	for i, phase := range f.Phases {
		c.Phases = append(c.Phases, Phase{p.said("phase", phase.Name), p.day("until", phase.Until), State(phase.Expects.text)})
		if expects := State(phase.Expects.text); expects != "" && !slices.Contains(path, expects) {
			p.fault(phase.Expects.line, "expects %q is not one of %v", expects, path)
		}
		if i > 0 && !c.Phases[i].Until.After(c.Phases[i-1].Until) {
			p.fault(phase.Until.line, "phase %s does not end after the one before", c.Phases[i].Name)
		}
	}
	if len(c.Groups) == 0 {
		p.fault(1, "groups are missing")
	}
	if len(c.Ranks) == 0 {
		p.fault(1, "ranks are missing")
	}
	if t := c.Thresholds; !(t.SameGroundM2 > 0 && t.CloseToleranceM2 > 0 && t.MovedWithinM > 0 && t.DueSoonDays > 0) {
		p.fault(1, "thresholds want same_ground_m2, close_tolerance_m2, moved_within_m and due_soon_days, all above 0")
	}
	return c
}

func (p *campaignParser) said(key string, w written) string {
	if strings.TrimSpace(w.text) == "" {
		p.fault(w.line, "%s is missing", key)
	}
	return w.text
}

func (p *campaignParser) day(key string, w written) taohe.Date {
	if p.said(key, w) == "" {
		return taohe.Date{}
	}
	d, err := taohe.ParseDate(w.text)
	if err != nil {
		p.fault(w.line, "%s: %v", key, err)
	}
	return d
}

func (p *campaignParser) problemTypes(c Campaign) {
	seen := map[string]bool{}
	for _, t := range c.ProblemTypes {
		if t.Code == "" || t.Title == "" || c.Groups[t.Group] == "" {
			p.fault(1, "problem type %q wants a code, a title and a group that there is", t.Code)
		}
		if seen[t.Code] {
			p.fault(1, "problem type %q stands twice", t.Code)
		}
		seen[t.Code] = true
	}
}

func (p *campaignParser) deadlines(c *Campaign, f campaignFile) {
	rules, err := overlay.ShippedRules()
	if err != nil {
		p.fault(1, "%v", err)
	}
	for code, w := range f.Deadlines {
		c.Deadlines[code] = p.day("deadline of "+code, w).String()
		_, known := rules.Rule(code)
		if _, byHand := c.ProblemType(code); !known && !byHand {
			p.fault(w.line, "deadline of %q, which is no rule and no problem type", code)
		}
	}
	for code, w := range f.Ownerless {
		c.OwnerlessDeadlines[code] = p.day("ownerless deadline of "+code, w).String()
		if _, known := rules.Rule(code); !known {
			p.fault(w.line, "ownerless deadline of %q, which is no rule", code)
		}
	}
}
