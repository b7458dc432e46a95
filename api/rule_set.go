package api

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
)

// currentRules stands in an address for the rule set of new runs.
const currentRules = "current"

// RuleSetLine is a version of the rules in a list.
type RuleSetLine struct {
	SHA256      string     `json:"sha256" doc:"规则文件的 SHA-256，与套合的 rule_set_sha256 相同"`
	Current     bool       `json:"current" doc:"true：新的套合采用这一版"`
	Runs        int        `json:"runs" doc:"可见的套合中有几次按这一版计算"`
	FirstRunID  *int64     `json:"first_run_id" doc:"其中最早的一次；没有时为 null"`
	LastRunID   *int64     `json:"last_run_id" doc:"其中最近的一次；没有时为 null"`
	FirstUsedAt *time.Time `json:"first_used_at"`
	LastUsedAt  *time.Time `json:"last_used_at"`
}

// RuleSet is a version of the rules, whole.
type RuleSet struct {
	SHA256     string             `json:"sha256"`
	Current    bool               `json:"current" doc:"true：新的套合采用这一版"`
	Thresholds overlay.Thresholds `json:"thresholds" doc:"阈值，与规则文件同名"`
	Rules      []RuleSetRule      `json:"rules" doc:"按规则文件中的顺序"`
	Text       string             `json:"text" doc:"规则文件原文（YAML）"`
}

// RuleSetRule is a rule of a rule set; members that do not concern it are empty.
type RuleSetRule struct {
	Code         string            `json:"code" doc:"规则代码，永不改变"`
	Title        string            `json:"title"`
	ProblemType  string            `json:"problem_type" doc:"问题类型"`
	Group        int               `json:"group" doc:"排查工作组"`
	Severity     string            `json:"severity" doc:"major 或 minor"`
	Definition   string            `json:"definition" doc:"查什么"`
	Figure       string            `json:"figure" doc:"面积是什么的面积"`
	Basis        []string          `json:"basis" doc:"法律依据"`
	Referral     []RuleSetReferral `json:"referral" doc:"达到移送标准的面积，大的在前；只是线索"`
	Needs        []taohe.Layer     `json:"needs" doc:"缺少其中任何一个图层时不评价这条规则"`
	Relation     string            `json:"relation" doc:"空间关系"`
	Subject      string            `json:"subject"`
	Against      string            `json:"against" doc:"与哪个图层比较"`
	Class        string            `json:"class"`
	State        string            `json:"state"`
	Kinds        []string          `json:"kinds" doc:"哪些图斑"`
	PermitKind   string            `json:"permit_kind"`
	Unattributed bool              `json:"unattributed" doc:"true：不属于任何矿山的图斑也列在这条规则下"`
	CommonWith   string            `json:"common_with" doc:"可能查到同一块地的另一条规则"`
	Cites        []string          `json:"cites" doc:"问题列出哪些依据"`
}

// RuleSetReferral is an area from which a finding is a lead for referral.
type RuleSetReferral struct {
	Mu   float64 `json:"mu"`
	Lead string  `json:"lead"`
}

func (s *service) listRuleSets(ctx context.Context, _ *struct{}) (*body[Page[RuleSetLine]], error) {
	used, err := s.Pipeline.UsedRuleSets(ctx)
	if err != nil {
		return nil, err
	}
	current := s.currentRuleSet()
	lines := each(used, func(u overlay.UsedRuleSet) RuleSetLine {
		return RuleSetLine{
			SHA256: u.RuleSetSHA256, Current: u.RuleSetSHA256 == current, Runs: u.Runs,
			FirstRunID: &u.FirstRunID, LastRunID: &u.LastRunID, FirstUsedAt: &u.FirstUsedAt, LastUsedAt: &u.LastUsedAt,
		}
	})
	if !slices.ContainsFunc(lines, func(l RuleSetLine) bool { return l.Current }) {
		lines = slices.Insert(lines, 0, RuleSetLine{SHA256: current, Current: true})
	}
	return &body[Page[RuleSetLine]]{Page[RuleSetLine]{Items: lines}}, nil
}

func (s *service) currentRuleSet() string {
	sum := s.Pipeline.Rules().SHA256
	return hex.EncodeToString(sum[:])
}

func (s *service) getRuleSet(ctx context.Context, in *struct {
	Version string `path:"version" pattern:"^(current|[0-9a-f]{64})$" doc:"规则文件的 SHA-256；current 即新的套合所采用的"`
},
) (*body[RuleSet], error) {
	current := s.currentRuleSet()
	set := s.Pipeline.Rules()
	if in.Version != currentRules && in.Version != current {
		var err error
		if set, err = s.Pipeline.StoredRuleSet(ctx, in.Version); err != nil {
			return nil, err
		}
	}
	sum := hex.EncodeToString(set.SHA256[:])
	return &body[RuleSet]{RuleSet{SHA256: sum, Current: sum == current, Thresholds: set.Thresholds, Rules: each(set.Rules, ruleSetRule), Text: set.Text}}, nil
}

func ruleSetRule(r overlay.Rule) RuleSetRule {
	words := func(list []string) []string { return append([]string{}, list...) }
	return RuleSetRule{
		Code: r.Code, Title: r.Title, ProblemType: r.ProblemType, Group: r.Group, Severity: r.Severity, Definition: r.Definition, Figure: r.Figure,
		Basis: words(r.Basis), Referral: each(r.Referral, func(x overlay.Referral) RuleSetReferral { return RuleSetReferral(x) }),
		Needs: append([]taohe.Layer{}, r.Needs...), Relation: r.Relation, Subject: r.Subject, Against: string(r.Against), Class: r.Class, State: r.State,
		Kinds: words(r.Kinds), PermitKind: r.PermitKind, Unattributed: r.Unattributed, CommonWith: r.CommonWith, Cites: words(r.Cites),
	}
}
