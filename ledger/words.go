package ledger

// StateTitles, WayTitles, OutcomeTitles and VerdictTitles are what the states,
// ways, outcomes and verdicts are called.
var (
	StateTitles = map[State]string{
		Lead: "线索", Confirmed: "已核实", Dismissed: "已排除", Rectifying: "整改中", AwaitingAcceptance: "待验收", Closed: "已销号",
	}
	WayTitles = map[Way]string{
		Rectified: "已整改（影像核验）", Legalised: "已补办手续", Reclaimed: "已复垦还地", Treated: "已治理", Withdrawn: "撤回",
	}
	OutcomeTitles = map[Outcome]string{
		New: "新增", Changed: "有变化", Unchanged: "无变化", Gone: "未再发现", Reopened: "重新打开", Settled: "已了结", Excluded: "已排除", NotAsked: "未核查",
	}
	VerdictTitles = map[Verdict]string{
		VerdictRectified: "已整改", VerdictNotObserved: "没有影像覆盖", VerdictPartly: "部分没有影像覆盖", VerdictMoved: "移位",
		VerdictShrunk: "部分整改", VerdictGrown: "扩大", VerdictRemaining: "未整改",
	}
)

// KindTitles are what the kinds of events are called.
var KindTitles = map[string]string{
	"applied": "套合入账", "found": "发现", "entered": "录入", "changed": "变化", "gone": "未再发现", "reopened": "重新打开", "confirmed": "核实",
	"dismissed": "排除", "assigned": "交办", "started": "开始整改", "measure_taken": "采取措施", "field_checked": "现场核查", "photographed": "拍照",
	"proposed": "申请销号", "approved": "同意销号", "rejected": "退回",
}
