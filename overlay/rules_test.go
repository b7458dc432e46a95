package overlay

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestShippedRules(t *testing.T) {
	t.Parallel()
	set, err := ShippedRules()
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Rules) == 0 || set.Thresholds.TouchRatio != 0.05 || set.SHA256 == [32]byte{} {
		t.Errorf("%d rules, thresholds %+v", len(set.Rules), set.Thresholds)
	}
	// Every class of the ground account but the approved one makes a finding.
	for _, class := range classes {
		if !slices.ContainsFunc(set.Rules, func(r Rule) bool { return r.Relation == "ground_class" && r.Class == class }) {
			t.Errorf("no rule for the class %s", class)
		}
	}
	if set.Position(set.Rules[1].Code) != 1 || set.Position("nothing") != len(set.Rules) {
		t.Error("positions are not those of the file")
	}
}

const soundThresholds = `thresholds: {touch_ratio: 0.05, unused_ratio: 0.5, displaced_max_ratio: 2, attribution_distance_m: 500, min_width_m: 1, min_area_m2: 1}
`

const soundRule = `  - {code: a, title: 甲, problem_type: 甲, group: 1, relation: outside_licence, kinds: [pit], needs: [mining_right], cites: [patch], basis: [法], severity: major, definition: 丁}
`

// A rule file is read strictly, and everything wrong with it is told at once,
// each with its line.
func TestRuleFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string // line and a part of the message
	}{
		{"empty", "", []string{"1:"}},
		{"not YAML", "rules: [", []string{"1:"}},
		{"an unknown key at the top", soundThresholds + "rule: []\n", []string{"2:field rule not found"}},
		{"no rules", soundThresholds + "rules: []\n", []string{"1:no rules"}},
		{"no thresholds", "rules:\n" + soundRule, []string{"1:no thresholds"}},
		{
			"a threshold left out, one unknown, one negative", strings.Replace(strings.Replace(soundThresholds, "min_width_m: 1, ", "", 1), "touch_ratio: 0.05", "touch_ratio: -1, tuch: 2", 1) + "rules:\n" + soundRule,
			[]string{"1:threshold min_width_m is missing", "1:threshold touch_ratio must not be negative", `1:unknown key "tuch"`},
		},
		{"a code used twice", soundThresholds + "rules:\n" + soundRule + soundRule, []string{"4:already used on line 3"}},
		{
			"two faults in two rules", soundThresholds + "rules:\n" +
				strings.Replace(soundRule, "kinds: [pit]", "kinds: [volcano]", 1) +
				strings.Replace(strings.Replace(soundRule, "code: a", "code: b", 1), "severity: major", "severity: dire, colour: red", 1),
			[]string{`3:"volcano" is not one of`, `4:severity "dire"`, `4:unknown key "colour"`},
		},
		{
			"an unknown relation", soundThresholds + "rules:\n" + strings.Replace(soundRule, "outside_licence", "beside", 1),
			[]string{`3:relation "beside"`, "3:takes no kinds"},
		},
		{
			"a layer that restricts nothing", soundThresholds + "rules:\n" + strings.Replace(soundRule, "relation: outside_licence, kinds: [pit]", "relation: inside_layer, subject: ground, against: division", 1),
			[]string{`3:against "division"`},
		},
		{
			"a permit without its kind, a class of another relation", soundThresholds + "rules:\n" + strings.Replace(soundRule, "outside_licence", "outside_permit, class: displaced", 1),
			[]string{"3:permit_kind is missing", `3:class "displaced" is not one of unapproved, out_of_bounds`},
		},
		{
			"abandoned pits among the mine's ground, a key of another relation", soundThresholds + "rules:\n" + strings.Replace(soundRule, "kinds: [pit]", "kinds: [abandoned_pit], unattributed: true", 1),
			[]string{`3:kinds "abandoned_pit" is not one of`, "3:relation outside_licence takes no unattributed"},
		},
		{
			"two rules that list the same patches", soundThresholds + "rules:\n" +
				strings.Replace(soundRule, "outside_licence", "outside_term, unattributed: true", 1) +
				strings.Replace(soundRule, "code: a, title: 甲, problem_type: 甲, group: 1, relation: outside_licence", "code: b, title: 甲, problem_type: 甲, group: 1, relation: outside_term, unattributed: true", 1),
			[]string{"4:patches of kind pit of no mine are listed under a already"},
		},
		{
			"ground in common with a rule that says nothing of it", soundThresholds + "rules:\n" + strings.Replace(soundRule, "relation: outside_licence, kinds: [pit]", "relation: inside_layer, subject: ground, against: forest, common_with: b", 1),
			[]string{`3:common_with "b"`},
		},
		{
			"referrals out of order, of nothing and misspelt", soundThresholds + "rules:\n" +
				strings.Replace(soundRule, "cites: [patch]", "cites: [patch], referral: [\n{mu: 5, lead: 线索},\n{mu: 10, lead: 线索},\n{mu: 0, lead: ' ', leed: 线索}]", 1),
			[]string{"5:referral of 10 mu comes after one of 5", `6:unknown key "leed"`, "6:referral wants mu above 0"},
		},
		{
			"needs a layer nobody knows", soundThresholds + "rules:\n" + strings.Replace(soundRule, "[mining_right]", "[mines]", 1),
			[]string{"3:needs: unknown layer", "3:needs must name mining_right"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseRules([]byte(c.text))
			var faults *RuleError
			if !errors.As(err, &faults) {
				t.Fatalf("error %v, want a RuleError", err)
			}
			for _, want := range c.want {
				line, message, _ := strings.Cut(want, ":")
				if !slices.ContainsFunc(faults.Faults, func(f RuleFault) bool {
					return strings.Contains(f.Message, message) && strings.HasPrefix(f.String(), "line "+line+":")
				}) {
					t.Errorf("no fault on line %s about %q in: %v", line, message, err)
				}
			}
			if len(faults.Faults) != len(c.want) {
				t.Errorf("%d faults, want %d: %v", len(faults.Faults), len(c.want), err)
			}
		})
	}
}
