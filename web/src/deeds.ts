// What may be done to an item of the ledger, in which state, and what is asked for it.
// The service decides; this only leaves out what it would refuse.

export interface Field {
  name: string;
  title: string;
  kind: "text" | "long" | "day" | "number" | "choice" | "rank";
  required?: boolean;
  choices?: readonly (readonly [string, string])[];
  // when says for which choice of the deed's first field this one is asked.
  when?: readonly string[];
}

export interface Deed {
  path: string;
  title: string;
  states: readonly string[];
  // approver is set where the role of 核查 does not reach it.
  approver?: boolean;
  fields: readonly Field[];
  main?: boolean;
  // question is put before what is not undone by another deed.
  question?: string;
}

const open = ["lead", "confirmed", "rectifying", "awaiting_acceptance"] as const;
const note: Field = { name: "note", title: "说明", kind: "long" };
const reason: Field = { name: "reason", title: "理由", kind: "long", required: true };

const measures = [
  ["case_filed", "立案"], ["penalty", "处罚"], ["stop_order", "责令停止"], ["judicial_referral", "移送司法"], ["supervised", "挂牌督办"],
  ["new_face_suspended", "暂停新增开采面"], ["renewal_suspended", "停办延续"], ["credit_published", "信用公示"], ["daily_fine", "按日计罚"], ["green_list_removed", "移出绿色矿山名录"],
] as const;
const ways = [
  ["rectified", "已整改（影像核验）"], ["legalised", "已补办手续"], ["reclaimed", "已复垦还地"], ["treated", "已治理"], ["withdrawn", "撤回"],
] as const;

export const deeds: readonly Deed[] = [
  { path: "confirm", title: "核实", states: ["lead"], fields: [note], main: true },
  { path: "dismiss", title: "排除", states: ["lead", "confirmed"], fields: [reason, note], question: "排除后不再跟踪；只有审核人可以重新打开。" },
  {
    path: "assign", title: "交办", states: open,
    fields: [
      { name: "assigned_to", title: "承办人", kind: "text" }, { name: "responsible", title: "整改责任人", kind: "text" }, { name: "responsible_rank", title: "责任人职级", kind: "rank" },
      { name: "contact", title: "联系方式", kind: "text" }, { name: "measures", title: "整改措施", kind: "long" }, { name: "deadline", title: "完成整改时限", kind: "day" }, note,
    ],
  },
  { path: "start", title: "开始整改", states: ["confirmed"], fields: [note], main: true },
  {
    path: "measures", title: "登记措施", states: [...open, "closed", "dismissed"],
    fields: [
      { name: "kind", title: "措施", kind: "choice", choices: measures, required: true }, { name: "taken_on", title: "日期", kind: "day", required: true },
      { name: "number", title: "文号", kind: "text" }, { name: "authority", title: "机关", kind: "text" },
      { name: "amount_yuan", title: "金额（元）", kind: "number", when: ["penalty", "daily_fine"] }, note,
    ],
  },
  {
    path: "field_checks", title: "现场核查", states: [...open, "closed", "dismissed"],
    fields: [
      { name: "checked_on", title: "核查日期", kind: "day", required: true }, { name: "officers", title: "核查人员", kind: "text", required: true },
      { name: "corrected_mu", title: "核定面积（亩）", kind: "number" }, { name: "longitude", title: "经度", kind: "number" }, { name: "latitude", title: "纬度", kind: "number" }, note,
    ],
  },
  {
    path: "propose", title: "申请销号", states: ["confirmed", "rectifying"], main: true,
    fields: [
      { name: "as", title: "销号方式", kind: "choice", choices: ways, required: true },
      { name: "run_id", title: "据以核验的套合", kind: "number", when: ["rectified", "legalised"] },
      { name: "approval_no", title: "批准文号", kind: "text", when: ["legalised"] },
      { name: "document", title: "验收文件", kind: "text", when: ["reclaimed", "treated"] }, { name: "accepted_on", title: "验收日期", kind: "day", when: ["reclaimed", "treated"] },
      { name: "return_document", title: "还地移交文件", kind: "text", when: ["reclaimed"] }, { name: "returned_on", title: "移交日期", kind: "day", when: ["reclaimed"] },
      { name: "reason", title: "撤回理由", kind: "long", when: ["withdrawn"] }, note,
    ],
  },
  { path: "approve", title: "同意销号", states: ["awaiting_acceptance"], approver: true, fields: [note], main: true, question: "同意后这个问题销号。申请人不能自己审批。" },
  { path: "reject", title: "退回申请", states: ["awaiting_acceptance"], approver: true, fields: [reason, note] },
  { path: "reopen", title: "重新打开", states: ["closed", "dismissed"], approver: true, fields: [reason, note] },
];

export const eventKinds: Record<string, string> = {
  applied: "套合入账", found: "发现", entered: "录入", changed: "变化", gone: "未再发现", reopened: "重新打开", confirmed: "核实",
  dismissed: "排除", assigned: "交办", started: "开始整改", measure_taken: "采取措施", field_checked: "现场核查", photographed: "拍照",
  proposed: "申请销号", approved: "同意销号", rejected: "退回",
};
