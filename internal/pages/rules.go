package pages

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe/overlay"
)

var tolerance = []string{"min_width_m", "min_area_m2"}

// relations say what each relation does, and which thresholds decide it.
var relations = map[string]struct {
	does       string
	thresholds []string
}{
	"ground_class": {
		"the parts of the ground account that are of one class",
		[]string{"touch_ratio", "unused_ratio", "displaced_max_ratio", "min_width_m", "min_area_m2"},
	},
	"abandoned_pit":    {"the abandoned pits of the mine that are neither restored nor ownerless, each connected one a place", tolerance},
	"beyond_elevation": {"ground whose patch states an elevation that leaves the licensed band, or the height of the permit it lies in", tolerance},
	"outside_permit": {
		"connected ground of some kinds outside the permits of a kind: out of their bounds where it touches them, unapproved where not",
		[]string{"touch_ratio", "min_width_m", "min_area_m2"},
	},
	"outside_term":    {"ground of some kinds inside the plane of the mine's own licence on a day on which it was not valid", tolerance},
	"approval_state":  {"the whole of each temporary-land approval that is in one state of the approvals account", nil},
	"outside_licence": {"ground of some kinds outside the plane of the mine's own licence", tolerance},
	"inside_layer": {
		"ground, approvals or licence inside a layer, each square metre once, less what permits allow",
		tolerance,
	},
}

// A threshold is a number of the rule set with what it decides.
type threshold struct {
	name  string
	value float64
	means string
}

func thresholds(t overlay.Thresholds) []threshold {
	return []threshold{
		{"touch_ratio", t.TouchRatio, "share of a connected piece of ground, or of the approvals it meets, from which the piece touches them"},
		{"unused_ratio", t.UnusedRatio, "an approval used to at most this share of its area is mostly unused and may excuse ground elsewhere"},
		{"displaced_max_ratio", t.DisplacedMaxRatio, "times its unused area that such an approval excuses"},
		{"attribution_distance_m", t.AttributionDistanceM, "metres within which a patch that names no licence and overlaps none is given to the nearest, unconfirmed: shown, in no total"},
		{"min_width_m", t.MinWidthM, "metres; a connected part of a violation narrower than this on average (2 × area ÷ perimeter) is within tolerance"},
		{"min_area_m2", t.MinAreaM2, "square metres; a smaller connected part of a violation is within tolerance"},
	}
}

// Rules is the page of the rules: each with what it finds, what its area is,
// and the law it rests on. groups are the working groups by number.
func Rules(set overlay.RuleSet, groups map[int]string) (string, error) {
	var b strings.Builder
	b.WriteString("# The rules\n\n" + made("`overlay/rules.yaml`") + `
A finding is a suspicion (疑似) until a person has confirmed it in the field. Areas are ellipsoidal, see
[areas.md](areas.md); the words are those of the [glossary](glossary.md). A rule that needs a layer the county has not
filed is *not evaluated*, which is not the same as nothing found.

`)
	b.WriteString(table("code", "problem type 问题类型", "group", "relation", "severity"))
	for _, r := range set.Rules {
		b.WriteString(row(fmt.Sprintf("[`%s`](#%s)", r.Code, r.Code), r.ProblemType, fmt.Sprint(r.Group), "`"+r.Relation+"`", r.Severity))
	}
	b.WriteString("\nWorking groups: ")
	for i, n := range slices.Sorted(maps.Keys(groups)) {
		b.WriteString(strings.Repeat("; ", min(i, 1)) + fmt.Sprintf("%d %s", n, groups[n]))
	}
	b.WriteString(".\n\n## Relations\n\n" + table("relation", "what it finds"))
	for _, name := range slices.Sorted(maps.Keys(relations)) {
		b.WriteString(row("`"+name+"`", relations[name].does))
	}
	b.WriteString("\n## Thresholds\n\nRaw areas are always stored; what is within tolerance is printed with its sum, and ground that is approved is never\nfiltered. Every threshold is printed on the reports it decides.\n\n")
	b.WriteString(table("threshold", "value", "what it decides"))
	for _, t := range thresholds(set.Thresholds) {
		b.WriteString(row("`"+t.name+"`", fmt.Sprintf("%g", t.value), t.means))
	}
	b.WriteString(certainty)
	for _, r := range set.Rules {
		if err := writeRule(&b, r); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// certainty is what the page says of DESIGN's word for how far a finding hangs
// on where the image lies.
const certainty = `
## Certainty

A finding that rests on images says how far it hangs on where they lie. e is the largest position error stated by the
patches it cites. The lines that decide the finding (the licence plane; the approvals or permits; the layer) are moved
by e in the mine's own 3° plane, never in degrees.

| certainty | meaning |
|---|---|
| ` + "`certain`" + ` | something of the finding is left; also where no line decides it |
| ` + "`boundary_dependent`" + ` | nothing is left: the finding is within the error of the image |
| ` + "`unknown`" + ` | not every patch it cites states an error |

The figure is the raw one in each case. Findings on documents alone (approvals and licences in protected areas and water
sources, overdue reclamation and return) say nothing of certainty.
`

func writeRule(b *strings.Builder, r overlay.Rule) error {
	relation, known := relations[r.Relation]
	if !known {
		return fmt.Errorf("rule %s: no words for relation %s", r.Code, r.Relation)
	}
	fmt.Fprintf(b, "\n## %s\n\n**%s**", r.Code, r.Title)
	if r.ProblemType != r.Title {
		fmt.Fprintf(b, "（问题类型：%s）", r.ProblemType)
	}
	b.WriteString("\n\n")
	fmt.Fprintf(b, "%s\n\nFigure: %s\n\n", r.DefinitionEN, r.FigureEN)
	fmt.Fprintf(b, "认定：%s\n\n数字：%s\n\n", r.Definition, r.Figure)
	fmt.Fprintf(b, "- relation: `%s`%s\n", r.Relation, parameters(r))
	fmt.Fprintf(b, "- needs: %s\n", codes(r.Needs))
	fmt.Fprintf(b, "- cites: %s\n", codes(r.Cites))
	fmt.Fprintf(b, "- thresholds: %s\n", cmp.Or(codes(relation.thresholds), "none"))
	for _, ref := range r.Referral {
		fmt.Fprintf(b, "- from %g mu on: %s (a lead for referral, never more)\n", ref.Mu, ref.Lead)
	}
	fmt.Fprintf(b, "- basis: %s\n", strings.Join(r.Basis, "；"))
	return nil
}

// parameters are what a rule tells its relation.
func parameters(r overlay.Rule) string {
	var s string
	for _, p := range []struct{ key, value string }{
		{"class", r.Class},
		{"state", r.State},
		{"kinds", strings.Join(r.Kinds, ", ")},
		{"subject", r.Subject},
		{"against", string(r.Against)},
		{"permit_kind", r.PermitKind},
		{"common_with", r.CommonWith},
	} {
		if p.value != "" {
			s += fmt.Sprintf(", %s `%s`", p.key, p.value)
		}
	}
	if r.Unattributed {
		s += "; patches of these kinds of no mine are listed under the rule"
	}
	return s
}
