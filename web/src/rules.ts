// Rule sets beside each other, as people read them.
import type { Schemas } from "./api/client";

type Set = Schemas["RuleSet"];
type Rule = Schemas["RuleSetRule"];

export const thresholds = [
  ["touch_ratio", "批小占大：连片与批准重叠的比例"], ["unused_ratio", "批东占西：批准的使用率至多"], ["displaced_max_ratio", "批东占西：抵至未用面积的倍数"],
  ["attribution_distance_m", "归属距离（米）"], ["min_width_m", "容差：平均宽度（米）"], ["min_area_m2", "容差：面积（平方米）"],
] as const;

export const fields = [
  ["title", "名称"], ["problem_type", "问题类型"], ["group", "排查工作组"], ["severity", "轻重"], ["definition", "查什么"], ["figure", "面积"], ["basis", "法律依据"],
  ["referral", "移送标准（亩）"], ["needs", "须有的图层"], ["relation", "空间关系"], ["subject", "对象"], ["against", "比较的图层"], ["class", "类别"], ["state", "批准的状态"],
  ["kinds", "图斑"], ["permit_kind", "许可"], ["unattributed", "列出无主图斑"], ["common_with", "同一块地的另一规则"], ["cites", "列出的依据"],
] as const satisfies readonly (readonly [keyof Rule, string])[];

// said is a member of a rule in words; empty where there is nothing to say.
export function said(v: Rule[keyof Rule] | undefined): string {
  if (v === undefined || v === false || v === 0) return "";
  if (v === true) return "是";
  if (v === "major" || v === "minor") return v === "major" ? "较重" : "较轻";
  if (Array.isArray(v)) return v.map((x) => (typeof x === "string" ? x : `${x.mu}：${x.lead}`)).join("、");
  return String(v);
}

export interface Difference {
  rule: string;
  field: string;
  was: string;
  now: string;
}

// compared is what differs from one version to another, thresholds first and rules in
// the order of the later one.
export function compared(old: Set, now: Set): Difference[] {
  const out: Difference[] = [];
  for (const [name, title] of thresholds) {
    if (old.thresholds[name] !== now.thresholds[name]) out.push({ rule: "阈值", field: title, was: String(old.thresholds[name]), now: String(now.thresholds[name]) });
  }
  const before = new Map(old.rules.map((r) => [r.code, r]));
  for (const r of now.rules) {
    const b = before.get(r.code);
    before.delete(r.code);
    if (!b) {
      out.push({ rule: r.title, field: "整条规则", was: "没有", now: "新增" });
      continue;
    }
    for (const [name, title] of fields) if (said(b[name]) !== said(r[name])) out.push({ rule: r.title, field: title, was: said(b[name]) || "没有", now: said(r[name]) || "没有" });
  }
  for (const gone of before.values()) out.push({ rule: gone.title, field: "整条规则", was: "有", now: "删去" });
  return out;
}
