// What the page calls things that the API names by a code without a title.

export const datasetStates: Record<string, string> = {
  loading: "正在读取", staged: "待验收", accepted: "已验收", refused: "未采用", failed: "读取失败",
};
export const runStates: Record<string, string> = {
  queued: "排队", running: "计算中", complete: "完成", failed: "失败", cancelled: "已取消",
};
export const severities: Record<string, string> = { refused: "未采用", held: "暂存待定", repaired: "已修复", noted: "提示" };
export const itemStates = [
  ["lead", "线索"],
  ["confirmed", "已核实"],
  ["rectifying", "整改中"],
  ["awaiting_acceptance", "待验收"],
  ["closed", "已销号"],
  ["dismissed", "已排除"],
] as const;
export const itemTag: Record<string, "info" | "warning" | "primary" | "success" | "danger"> = {
  lead: "info", confirmed: "warning", rectifying: "primary", awaiting_acceptance: "warning", closed: "success", dismissed: "info",
};
export const sources: Record<string, string> = { default: "", forestry: "林草部门", land_survey: "国土调查" };
// Why a job failed, in the words of whoever asked for it.
export const jobErrors: Record<string, string> = {
  "internal error": "程序出错，已记入服务器日志。请联系管理员。", "database unavailable": "数据库没有响应。请稍后重试。", "storage full": "服务器磁盘已满。请联系管理员。",
  "older run": "台账已按更晚的套合入账。", "font missing": "服务器没有中文字体。请联系管理员。", "pdf unavailable": "服务器没有安装 LibreOffice，不能出 PDF。", "gdal missing": "服务器没有安装 GDAL。",
};
export const jobKinds: Record<string, string> = {
  dossiers: "一矿一案与套合图", ledger_feed: "套合入账", ledger_measurements: "影像核验", annex1: "附件1", annex2: "附件2", briefing: "简报", mine_report: "一座矿山重算",
};

// Classes of the ground account, in its order, with their colours.
export const classes = [
  ["approved", "批准范围内", "#7fae6b"],
  ["expired", "批准已到期", "#e0b13c"],
  ["over_occupied", "批小占大", "#e88a2e"],
  ["displaced", "批东占西", "#b98ad0"],
  ["unapproved", "未批先占", "#d2453a"],
  ["unapproved_construction", "违法违规建设", "#8e1f4f"],
  ["within_tolerance", "容差以内", "#a9b0b3"],
] as const;

// Rules with their colours on the map, alike ones near each other.
export const ruleColours: Record<string, string> = {
  unapproved: "#d2453a", unapproved_construction: "#8e1f4f", over_occupied: "#e88a2e", displaced: "#b98ad0", expired_occupation: "#e0b13c",
  mining_out_of_bounds: "#e0007a", mining_without_licence: "#7a0026", mining_beyond_elevation: "#c64f9b",
  dump_unapproved: "#8a5a2b", dump_out_of_bounds: "#b5793f", dump_beyond_elevation: "#6b4a2b",
  protected_area_occupied: "#5c35b5", approval_in_protected_area: "#7d5fd0", licence_in_protected_area: "#a08fe0",
  water_source_occupied: "#0b6fc2", approval_in_water_source: "#4d9be0", licence_in_water_source: "#8fc0ec",
  forest_encroached: "#1c7a3c", grassland_encroached: "#8ea01e", abandoned_pit_unrestored: "#5b6366",
  reclamation_overdue: "#2a8c94", return_overdue: "#5fb3b8",
};
export const ruleColour = (rule: string) => ruleColours[rule] ?? "#444c4e";
