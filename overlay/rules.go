package overlay

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
)

//go:embed rules.yaml
var shippedRules []byte

// A Rule is one row of the rule set: which relation it applies, to what, what
// its findings are called, and what both mean in words.
type Rule struct {
	Code        string      `yaml:"code"`
	Title       string      `yaml:"title"`
	ProblemType string      `yaml:"problem_type"`
	Group       int         `yaml:"group"`
	Relation    string      `yaml:"relation"`
	Class       string      `yaml:"class"`
	State       string      `yaml:"state"`
	Kinds       []string    `yaml:"kinds"`
	Subject     string      `yaml:"subject"`
	Against     taohe.Layer `yaml:"against"`
	PermitKind  string      `yaml:"permit_kind"`
	// Unattributed says that patches of these kinds which belong to no mine are
	// listed under the rule, patch by patch.
	Unattributed bool `yaml:"unattributed"`
	// CommonWith is a rule that may find the same ground; the part both find
	// stands beside each.
	CommonWith string `yaml:"common_with"`
	// Referral are the areas from which a finding is a lead for referral to the
	// police, the largest first.
	Referral []Referral    `yaml:"referral"`
	Needs    []taohe.Layer `yaml:"needs"`
	Cites    []string      `yaml:"cites"`
	Basis    []string      `yaml:"basis"`
	Severity string        `yaml:"severity"`
	// Definition says what the rule finds and Figure what its area is, in the
	// words of the bureau; the other two say the same in English. Rule sets of
	// old runs may lack them.
	Definition   string `yaml:"definition"`
	Figure       string `yaml:"figure"`
	DefinitionEN string `yaml:"definition_en"`
	FigureEN     string `yaml:"figure_en"`
}

// A Referral is an area from which a finding is a lead for criminal referral,
// and how the lead is worded. It is never more than a lead.
type Referral struct {
	Mu   float64 `yaml:"mu"`
	Lead string  `yaml:"lead"`
}

// Lead is the referral that an area on the ellipsoid, not rounded, reaches; the
// zero Referral for none.
func (r Rule) Lead(ellipsoidalAreaM2 float64) Referral {
	for _, ref := range r.Referral {
		if geo.Mu(ellipsoidalAreaM2) >= ref.Mu {
			return ref
		}
	}
	return Referral{}
}

// OnGround says whether the rule looks at ground seen on images, and rests on
// where they saw it.
func (r Rule) OnGround() bool { return slices.Contains(r.Cites, "patch") }

// Thresholds are the numbers of the rule set; every one of them is printed on
// the reports it decides.
type Thresholds struct {
	TouchRatio           float64 `yaml:"touch_ratio" json:"touch_ratio"`
	UnusedRatio          float64 `yaml:"unused_ratio" json:"unused_ratio"`
	DisplacedMaxRatio    float64 `yaml:"displaced_max_ratio" json:"displaced_max_ratio"`
	AttributionDistanceM float64 `yaml:"attribution_distance_m" json:"attribution_distance_m"`
	MinWidthM            float64 `yaml:"min_width_m" json:"min_width_m"`
	MinAreaM2            float64 `yaml:"min_area_m2" json:"min_area_m2"`
}

// A RuleSet is the rules and thresholds of a run, whole, with the text they
// were read from.
type RuleSet struct {
	Thresholds Thresholds
	Rules      []Rule
	// Text is the file as it was; SHA256 is over it.
	Text   string
	SHA256 [32]byte
}

// Rule returns the rule of that code.
func (s RuleSet) Rule(code string) (Rule, bool) {
	i := slices.IndexFunc(s.Rules, func(r Rule) bool { return r.Code == code })
	if i < 0 {
		return Rule{}, false
	}
	return s.Rules[i], true
}

// listing says under which rule a patch of a kind is listed that belongs to no
// mine.
func (s RuleSet) listing() map[string]string {
	out := make(map[string]string)
	for _, r := range s.Rules {
		for _, k := range r.Kinds {
			if r.Unattributed {
				out[k] = r.Code
			}
		}
	}
	return out
}

// Position is the place of a rule in the file, behind all for an unknown code.
func (s RuleSet) Position(code string) int {
	i := slices.IndexFunc(s.Rules, func(r Rule) bool { return r.Code == code })
	if i < 0 {
		return len(s.Rules)
	}
	return i
}

// ShippedRules is the rule set the program carries.
func ShippedRules() (RuleSet, error) { return ParseRules(shippedRules) }

// A RuleFault is one thing wrong with a rule file.
type RuleFault struct {
	Line    int
	Rule    string // code, "" where the fault is not in a rule
	Message string
}

func (f RuleFault) String() string {
	if f.Rule == "" {
		return fmt.Sprintf("line %d: %s", f.Line, f.Message)
	}
	return fmt.Sprintf("line %d: rule %s: %s", f.Line, f.Rule, f.Message)
}

// A RuleError carries every fault of a rule file at once.
type RuleError struct{ Faults []RuleFault }

func (e *RuleError) Error() string {
	var s []string
	for _, f := range e.Faults {
		s = append(s, f.String())
	}
	return "rule file: " + strings.Join(s, "; ")
}

// ParseRules reads a rule file strictly: unknown keys, unknown relations,
// classes, layers and roles, missing keys and double codes are faults. All of
// them come back at once, with their lines, as a *RuleError.
func ParseRules(text []byte) (RuleSet, error) {
	var p ruleParser
	set := p.parse(text)
	if len(p.faults) > 0 {
		slices.SortStableFunc(p.faults, func(a, b RuleFault) int { return a.Line - b.Line })
		return RuleSet{}, &RuleError{Faults: p.faults}
	}
	set.Text, set.SHA256 = string(text), sha256.Sum256(text)
	return set, nil
}

type ruleParser struct{ faults []RuleFault }

func (p *ruleParser) fault(line int, rule, format string, args ...any) {
	p.faults = append(p.faults, RuleFault{line, rule, fmt.Sprintf(format, args...)})
}

func (p *ruleParser) parse(text []byte) RuleSet {
	var doc struct {
		Thresholds yaml.Node   `yaml:"thresholds"`
		Rules      []yaml.Node `yaml:"rules"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); err != nil {
		p.yamlFault(err, "")
		return RuleSet{}
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		p.fault(1, "", "more than one document")
	}
	var set RuleSet
	p.thresholds(&doc.Thresholds, &set.Thresholds)
	if len(doc.Rules) == 0 {
		p.fault(1, "", "no rules")
	}
	seen := make(map[string]int)
	for i := range doc.Rules {
		node := &doc.Rules[i]
		var r Rule
		if !p.strict(node, &r) {
			continue
		}
		if first, double := seen[r.Code]; double {
			p.fault(node.Line, r.Code, "code already used on line %d", first)
		}
		seen[r.Code] = node.Line
		p.check(node.Line, r)
		p.referrals(node, r)
		set.Rules = append(set.Rules, r)
	}
	for _, r := range set.Rules {
		if other, known := set.Rule(r.CommonWith); r.CommonWith != "" && (!known || other.CommonWith != r.Code) {
			p.fault(seen[r.Code], r.Code, "common_with %q is not a rule that says the same of this one", r.CommonWith)
		}
	}
	p.listed(set, seen)
	return set
}

// strict decodes a node and holds it to the fields of out: yaml nodes do not
// carry the decoder's KnownFields with them.
func (p *ruleParser) strict(node *yaml.Node, out any) bool {
	code := ""
	known := yamlKeys(out)
	if node.Kind != yaml.MappingNode {
		p.fault(node.Line, "", "want a mapping")
		return false
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "code" {
			code = node.Content[i+1].Value
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains(known, key.Value) {
			p.fault(key.Line, code, "unknown key %q; known: %s", key.Value, strings.Join(known, ", "))
		}
	}
	if err := node.Decode(out); err != nil {
		p.yamlFault(err, code)
		return false
	}
	return true
}

// referrals holds the items of a rule's referral to their fields and order.
func (p *ruleParser) referrals(node *yaml.Node, r Rule) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value != "referral" {
			continue
		}
		for n, item := range node.Content[i+1].Content {
			var ref Referral
			if !p.strict(item, &ref) {
				continue
			}
			if !(ref.Mu > 0) || strings.TrimSpace(ref.Lead) == "" {
				p.fault(item.Line, r.Code, "referral wants mu above 0 and a lead in words")
			}
			if n > 0 && ref.Mu >= r.Referral[n-1].Mu {
				p.fault(item.Line, r.Code, "referral of %g mu comes after one of %g; the largest is first", ref.Mu, r.Referral[n-1].Mu)
			}
		}
	}
}

// listed holds each kind to one rule that lists the patches of no mine.
func (p *ruleParser) listed(set RuleSet, line map[string]int) {
	by := map[string]string{}
	for _, r := range set.Rules {
		for _, k := range r.Kinds {
			if !r.Unattributed {
				continue
			}
			if other, twice := by[k]; twice {
				p.fault(line[r.Code], r.Code, "patches of kind %s of no mine are listed under %s already", k, other)
			}
			by[k] = r.Code
		}
	}
}

func (p *ruleParser) yamlFault(err error, rule string) {
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		p.fault(1, rule, "%v", err)
		return
	}
	for _, text := range typed.Errors {
		line, message := 1, text
		if _, scanErr := fmt.Sscanf(text, "line %d:", &line); scanErr == nil {
			_, message, _ = strings.Cut(text, ": ")
		}
		p.fault(line, rule, "%s", message)
	}
}

func (p *ruleParser) thresholds(node *yaml.Node, t *Thresholds) {
	if node.Kind == 0 {
		p.fault(1, "", "no thresholds")
		return
	}
	if !p.strict(node, t) {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		var v float64
		if node.Content[i+1].Decode(&v) == nil && !(v >= 0) {
			p.fault(node.Content[i].Line, "", "threshold %s must not be negative", node.Content[i].Value)
		}
	}
	for _, key := range yamlKeys(t) {
		if !slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return n.Value == key }) {
			p.fault(node.Line, "", "threshold %s is missing", key)
		}
	}
}

// The closed lists a rule chooses from.
var (
	classes    = []string{"expired", "over_occupied", "displaced", "unapproved", "unapproved_construction"}
	states     = []string{"reclamation_overdue", "return_overdue", "reclamation_term", "in_term", "not_begun", "closed"}
	patchKinds = []string{"pit", "waste_dump", "gangue_dump", "construction", "road", "other"}
	permitting = []string{"unapproved", "out_of_bounds"}
	subjects   = []string{"ground", "approval", "licence"}
	permits    = []string{"forest_use", "grassland_use", "dump_site"}
	roles      = []string{"patch", "licence", "approval", "restricting_ground", "other_licence", "other_approval"}
	severities = []string{"major", "minor"}
	restricted = []taohe.Layer{taohe.LayerProtectedArea, taohe.LayerWaterSource, taohe.LayerForest, taohe.LayerGrassland}
)

func (p *ruleParser) check(line int, r Rule) {
	oneOf := func(key, value string, list []string) {
		if !slices.Contains(list, value) {
			p.fault(line, r.Code, "%s %q is not one of %s", key, value, strings.Join(list, ", "))
		}
	}
	for key, value := range map[string]string{"code": r.Code, "title": r.Title, "problem_type": r.ProblemType} {
		if strings.TrimSpace(value) == "" {
			p.fault(line, r.Code, "%s is missing", key)
		}
	}
	if r.Group < 1 || r.Group > 4 {
		p.fault(line, r.Code, "group %d is not one of 1, 2, 3, 4", r.Group)
	}
	if len(r.Basis) == 0 {
		p.fault(line, r.Code, "basis is missing")
	}
	oneOf("severity", r.Severity, severities)
	for _, role := range r.Cites {
		oneOf("cites", role, roles)
	}
	for _, l := range r.Needs {
		if _, err := taohe.ParseLayer(string(l)); err != nil {
			p.fault(line, r.Code, "needs: %v", err)
		}
	}
	if !slices.Contains(r.Needs, taohe.LayerMiningRight) {
		p.fault(line, r.Code, "needs must name mining_right")
	}
	takes := relations[r.Relation]
	if takes == nil {
		p.fault(line, r.Code, "relation %q is not one of %s", r.Relation, strings.Join(slices.Sorted(maps.Keys(relations)), ", "))
	}
	for _, k := range []struct {
		key string
		set bool
	}{
		{"class", r.Class != ""},
		{"state", r.State != ""},
		{"kinds", len(r.Kinds) > 0},
		{"subject", r.Subject != ""},
		{"against", r.Against != ""},
		{"permit_kind", r.PermitKind != ""},
		{"unattributed", r.Unattributed},
		{"common_with", r.CommonWith != ""},
	} {
		switch {
		case k.set && !slices.Contains(takes, k.key) && !slices.Contains(takes, k.key+"?"):
			p.fault(line, r.Code, "relation %s takes no %s", r.Relation, k.key)
		case !k.set && slices.Contains(takes, k.key):
			p.fault(line, r.Code, "%s is missing", k.key)
		}
	}
	if r.State != "" {
		oneOf("state", r.State, states)
	}
	if r.Subject != "" {
		oneOf("subject", r.Subject, subjects)
	}
	if r.PermitKind != "" {
		oneOf("permit_kind", r.PermitKind, permits)
	}
	if r.Against != "" && !slices.Contains(restricted, r.Against) {
		p.fault(line, r.Code, "against %q is not one of %v", r.Against, restricted)
	}
	switch {
	case r.Class == "":
	case r.Relation == "outside_permit":
		oneOf("class", r.Class, permitting)
	default:
		oneOf("class", r.Class, classes)
	}
	kinds := patchKinds
	if r.Relation == "abandoned_pit" {
		kinds = []string{"abandoned_pit"}
	}
	for _, k := range r.Kinds {
		oneOf("kinds", k, kinds)
	}
}

// relations are the relations with the keys each takes beside those of every
// rule, the ones it can do without marked.
var relations = map[string][]string{
	"abandoned_pit":    {"kinds", "unattributed?"},
	"approval_state":   {"state"},
	"beyond_elevation": {"kinds", "permit_kind?"},
	"ground_class":     {"class"},
	"inside_layer":     {"subject", "against", "permit_kind?", "common_with?"},
	"outside_licence":  {"kinds"},
	"outside_permit":   {"kinds", "permit_kind", "class"},
	"outside_term":     {"kinds", "unattributed?"},
}
