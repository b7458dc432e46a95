package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report"
)

// A route is an operation as the route table writes it.
type route struct {
	method, path, id, summary string
	// status of success; 200 when 0.
	status int
	// problems that this operation may answer with, beside those of all.
	problems []kindError
	// produces are the media types of success in order of preference, where it
	// is not JSON alone; the keys of formats are values of the query parameter
	// format that stand for one of them.
	produces []string
	formats  map[string]string
	// partial is set where a part of the reply may be asked for.
	partial bool
	// waited is the reply, where the caller may choose to follow a job in its place.
	waited reflect.Type
	// there is the reply, with another status, where what is to be made is there.
	there reflect.Type
	// maxBody is the largest body taken; that of a JSON request when 0.
	maxBody int64
	// creates is set where each request makes something new, unless it bears the
	// Idempotency-Key of one before.
	creates bool
	// constant replies come from what the program holds; no database is asked.
	constant bool
}

// routes is the whole route table.
func (s *service) routes(a huma.API) {
	get, put, post, remove := http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete
	several := map[string]string{"json": jsonType, "geojson": geoJSONType, "csv": csvType}

	register(s, a, route{method: get, path: "/healthz", id: "health", summary: "服务是否正常", constant: true, problems: []kindError{errUnavailable}}, s.health)
	register(s, a, route{method: get, path: "/v1/limits", id: "get-limits", summary: "上传限额", constant: true}, s.limits)
	register(s, a, route{method: get, path: "/v1/layers", id: "list-layers", summary: "图层、字段、别名与代码表", constant: true}, s.layers)
	register(s, a, route{method: get, path: "/v1/diagnostics", id: "list-diagnostic-kinds", summary: "数据诊断代码表", constant: true}, s.diagnosticKinds)
	register(s, a, route{method: get, path: "/v1/rule_sets", id: "list-rule-sets", summary: "规则的各个版本，最近采用的在前"}, s.listRuleSets)
	register(s, a, route{
		method: get, path: "/v1/rule_sets/{version}", id: "get-rule-set", summary: "一个版本的全部规则与阈值", problems: []kindError{errNotFound},
	}, s.getRuleSet)

	register(s, a, route{method: get, path: "/v1/base_map", id: "get-base-map", summary: "网页地图的在线底图；没有设置时没有图层", constant: true}, s.baseMap)

	register(s, a, route{method: put, path: "/v1/counties/{code}", id: "put-county", summary: "登记或修改旗区", problems: []kindError{errChanged}}, s.putCounty)
	register(s, a, route{method: get, path: "/v1/counties/{code}", id: "get-county", summary: "一个旗区", problems: []kindError{errNotFound}}, s.getCounty)
	register(s, a, route{
		method: get, path: "/v1/counties/{code}/timeline", id: "get-county-timeline", summary: "一个旗区各图层的已验收版本，各自从哪天起、到哪天为止采用",
		problems: []kindError{errNotFound},
	}, s.timeLine)
	register(s, a, route{method: get, path: "/v1/counties", id: "list-counties", summary: "已登记的旗区"}, s.listCounties)

	register(s, a, route{
		method: post, path: "/v1/datasets", id: "upload-dataset", summary: "上传一个图层文件", status: http.StatusAccepted,
	}, s.upload)
	register(s, a, route{
		method: post, path: "/v1/inspections", id: "inspect-file", summary: "先看一个文件里有什么；不保存，不导入",
	}, s.inspectFile)
	register(s, a, route{method: get, path: "/v1/datasets", id: "list-datasets", summary: "数据版本列表，新的在前"}, s.listDatasets)
	register(s, a, route{
		method: get, path: "/v1/datasets/{id}", id: "get-dataset", summary: "一个数据版本",
		problems: []kindError{errNotFound},
	}, s.getDataset)
	register(s, a, route{
		method: post, path: "/v1/datasets/{id}/cancel", id: "cancel-import", summary: "取消读取", status: http.StatusAccepted,
		problems: []kindError{errNotFound, errNotLoading},
	}, s.cancelImport)
	register(s, a, route{
		method: get, path: "/v1/datasets/{id}/diagnostics", id: "list-dataset-diagnostics", summary: "一个数据版本的诊断",
		problems: []kindError{errNotFound}, produces: []string{jsonType, geoJSONType, csvType}, formats: several,
	}, s.listDiagnostics)
	register(s, a, route{
		method: get, path: "/v1/datasets/{id}/changes", id: "get-dataset-changes", summary: "验收后现有数据的增减变更",
		problems: []kindError{errNotFound},
	}, s.datasetChanges)
	register(s, a, route{
		method: get, path: "/v1/datasets/{id}/history", id: "get-dataset-history", summary: "一个数据版本的经过：何时由谁做了什么",
		problems: []kindError{errNotFound},
	}, s.datasetHistory)
	register(s, a, route{
		method: post, path: "/v1/datasets/{id}/accept", id: "accept-dataset", summary: "验收一个数据版本",
		problems: []kindError{errNotFound, errChanged, errNotStaged, errHeldUndecided, errRemovalOpen},
	}, s.acceptDataset)

	register(s, a, route{
		method: remove, path: "/v1/datasets/{id}", id: "delete-dataset", summary: "删除一个没有验收的数据版本及据以进行的假设套合，返回所删的",
		problems: []kindError{errNotFound, errDatasetKept, errBeingRead},
	}, s.dropDataset)

	register(s, a, route{
		method: post, path: "/v1/runs", id: "start-run", creates: true, summary: "开始套合", status: http.StatusAccepted,
	}, s.startRun)
	register(s, a, route{method: get, path: "/v1/runs", id: "list-runs", summary: "套合列表，新的在前"}, s.listRuns)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}", id: "get-run", summary: "一次套合的进度与结果",
		problems: []kindError{errNotFound},
	}, s.getRun)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/events", id: "follow-run", summary: "一次套合的进度，有变化即告知，直到结束",
		problems: []kindError{errNotFound}, produces: []string{eventType},
	}, s.followRun)
	register(s, a, route{
		method: post, path: "/v1/runs/{id}/cancel", id: "cancel-run", summary: "取消套合", status: http.StatusAccepted,
		problems: []kindError{errNotFound, errRunOver},
	}, s.cancelRun)
	register(s, a, route{
		method: post, path: "/v1/runs/{id}/retry", id: "retry-run", summary: "继续已取消或因系统故障中断的套合：只计算尚未算完的矿山", status: http.StatusAccepted,
		problems: []kindError{errNotFound, errRunNotBroken},
	}, s.retryRun)
	register(s, a, route{
		method: remove, path: "/v1/runs/{id}", id: "delete-run", summary: "删除一次假设套合，返回所删的",
		problems: []kindError{errNotFound, errRunKept},
	}, s.dropRun)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/diff", id: "diff-runs", summary: "与此前的套合比较",
		problems: []kindError{errNotFound, errRunNotComplete, errRunOneMine},
	}, s.diffRuns)
	register(s, a, route{
		method: get, path: "/v1/findings", id: "list-findings", summary: "一次套合的疑似问题", problems: []kindError{errNotFound, errRunNotComplete},
		produces: []string{jsonType, geoJSONType, csvType, gpkgType, zipType}, formats: findingFormats,
	}, s.listFindings)
	register(s, a, route{
		method: get, path: "/v1/findings/{id}", id: "explain-finding", summary: "一个问题的全部依据",
		problems: []kindError{errNotFound},
	}, s.explainFinding)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/unattributed_patches", id: "list-unattributed-patches", summary: "不属于任何矿山的图斑",
		problems: []kindError{errNotFound},
	}, s.unattributedPatches)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/listed_ground", id: "list-listed-ground",
		summary: "不计入任何矿山占地账、逐个列出的图斑：不属于任何矿山的、尾矿坑、无主的", problems: []kindError{errNotFound},
	}, s.listedGround)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/ledger.csv", id: "get-run-ledger", summary: "台账（附件1）",
		problems: []kindError{errNotFound, errRunNotComplete, errRunWhatIf, errRunOneMine}, produces: []string{csvType},
	}, s.ledgerCSV)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/annex1", id: "get-annex1", summary: "附件1 摸排情况表，按工作组分表",
		problems: paperProblems, produces: []string{xlsxType, docxType, pdfType}, formats: paperFormats,
	}, s.annex1)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/annex2", id: "get-annex2", summary: "附件2 汇报材料；套合不能得出的数字留空标出",
		problems: paperProblems, produces: []string{docxType, pdfType}, formats: paperFormats,
	}, s.annex2)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/briefing", id: "get-briefing", summary: "简报：与此前的套合相比，各组、各旗区的变化",
		problems: paperProblems, produces: []string{docxType, pdfType}, formats: paperFormats,
	}, s.briefing)

	register(s, a, route{
		method: get, path: "/v1/statistics", id: "get-statistics", summary: "统计：矿山、占地、疑似问题与台账的个数和亩数，及影像日期的趋势",
		problems: []kindError{errNotFound, errRunNotComplete}, produces: []string{jsonType, csvType},
		formats: map[string]string{"json": jsonType, "csv": csvType},
	}, s.statistics)
	register(s, a, route{
		method: post, path: "/v1/check", id: "check-ground", summary: "合规性审查：画出或粘贴的地块涉及哪些图层；不保存",
	}, s.checkGround)

	register(s, a, route{
		method: get, path: "/v1/mines", id: "list-mines", summary: "一次套合的矿山",
		problems: []kindError{errNotFound},
	}, s.listMines)
	register(s, a, route{
		method: get, path: "/v1/mines/{licence_no}/report", id: "get-mine-report", summary: "一座矿山的疑似问题报告",
		problems: []kindError{errNotFound}, produces: []string{jsonType, geoJSONType},
		formats: map[string]string{"json": jsonType, "geojson": geoJSONType}, waited: reflect.TypeFor[report.Mine](),
	}, s.mineReport)
	register(s, a, route{
		method: get, path: "/v1/mines/{licence_no}/dossier", id: "get-mine-dossier", summary: "一座矿山的档案（一矿一案）",
		problems: []kindError{errNotFound, errNoPDF, errNoGDAL}, produces: []string{docxType, pdfType, xlsxType}, formats: paperFormats,
	}, s.dossier)
	register(s, a, route{
		method: get, path: "/v1/mines/{licence_no}/map", id: "get-mine-map", summary: "一座矿山的影像套合图",
		problems: []kindError{errNotFound, errNoFont, errNoGDAL}, produces: []string{pngType, pdfType},
		formats: map[string]string{"png": pngType, "pdf": pdfType},
	}, s.mineMap)
	s.accessRoutes(a)
	s.orthophotoRoutes(a)
	s.jobRoutes(a)
	s.ledgerRoutes(a)
}

// accessRoutes are those of who may do what, and of what was done.
func (s *service) accessRoutes(a huma.API) {
	get, put, post, remove := http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete
	register(s, a, route{method: post, path: "/v1/session", id: "sign-in", summary: "用账号和密码登录", problems: []kindError{errSignIn, errTooManySignIns}}, s.signIn)
	register(s, a, route{method: remove, path: "/v1/session", id: "sign-out", summary: "退出登录"}, s.signOut)
	register(s, a, route{method: get, path: "/v1/me", id: "get-me", summary: "当前是谁、有哪些权限"}, s.getMe)
	register(s, a, route{
		method: put, path: "/v1/me/password", id: "set-password", summary: "修改自己的密码；其他地方的登录随之失效", problems: []kindError{errSignIn, errTooManySignIns},
	}, s.setPassword)
	register(s, a, route{method: get, path: "/v1/accounts", id: "list-accounts", summary: "账号"}, s.listAccounts)
	register(s, a, route{method: post, path: "/v1/accounts", id: "create-account", summary: "建立账号", status: http.StatusCreated}, s.createAccount)
	register(s, a, route{
		method: put, path: "/v1/accounts/{name}", id: "change-account", summary: "修改账号的角色、旗区、密码，停用或启用；停用或改密码后其登录随之失效", problems: []kindError{errNotFound},
	}, s.changeAccount)
	register(s, a, route{method: get, path: "/v1/tokens", id: "list-tokens", summary: "自己的令牌；管理员看到全部"}, s.listTokens)
	register(s, a, route{method: post, path: "/v1/tokens", id: "create-token", summary: "为自己的账号建立令牌，供程序使用；令牌只显示一次", status: http.StatusCreated}, s.createToken)
	register(s, a, route{method: remove, path: "/v1/tokens/{id}", id: "revoke-token", summary: "作废一个令牌，返回所作废的", problems: []kindError{errNotFound}}, s.revokeToken)
	register(s, a, route{method: get, path: "/v1/audit", id: "list-audit", summary: "操作记录：改动、登录与导出，新的在前"}, s.listAudit)
}

// orthophotoRoutes are those of the images that maps are drawn upon.
func (s *service) orthophotoRoutes(a huma.API) {
	register(s, a, route{
		method: http.MethodPost, path: "/v1/orthophotos", id: "add-orthophoto", summary: "上传一幅正射影像，供套合图作底图；同一文件已有的答复 200 与那一幅", status: http.StatusCreated,
		there:    reflect.TypeFor[Orthophoto](),
		problems: []kindError{errNoGDAL},
	}, s.addOrthophoto)
	register(s, a, route{method: http.MethodGet, path: "/v1/orthophotos", id: "list-orthophotos", summary: "正射影像列表，新上传的在前"}, s.listOrthophotos)
	register(s, a, route{
		method: http.MethodGet, path: "/v1/orthophotos/{id}", id: "get-orthophoto", summary: "一幅正射影像的说明", problems: []kindError{errNotFound},
	}, s.getOrthophoto)
	register(s, a, route{
		method: http.MethodGet, path: "/v1/orthophotos/{id}/image", id: "get-orthophoto-image", partial: true,
		summary:  "一幅正射影像供网页显示的副本（云优化 GeoTIFF，Web 墨卡托），没有副本的给出原文件；可用 Range 只取一部分",
		problems: []kindError{errNotFound, errRange}, produces: []string{tiffType},
	}, s.orthophotoImage)
	register(s, a, route{
		method: http.MethodGet, path: "/v1/orthophotos/{id}/tiles/{level}/{row}/{column}", id: "get-orthophoto-tile",
		summary: "一幅正射影像的一块瓦片；全部有影像的是 JPEG，其余是透明的 PNG", problems: []kindError{errNotFound}, produces: []string{jpegType, pngType},
	}, s.orthophotoTile)
	register(s, a, route{
		method: http.MethodDelete, path: "/v1/orthophotos/{id}", id: "delete-orthophoto", summary: "删除一幅正射影像，返回所删的",
		problems: []kindError{errNotFound},
	}, s.dropOrthophoto)
}

// jobRoutes are those of work that is not waited for.
func (s *service) jobRoutes(a huma.API) {
	get, post, remove := http.MethodGet, http.MethodPost, http.MethodDelete
	register(s, a, route{
		method: post, path: "/v1/runs/{id}/dossiers", id: "start-dossiers", creates: true, summary: "开始制作各矿山的一矿一案与套合图，装入一个压缩包",
		status: http.StatusAccepted, problems: []kindError{errNotFound, errRunNotComplete, errRunWhatIf, errRunOneMine},
	}, s.startDossiers)
	register(s, a, route{
		method: post, path: "/v1/runs/{id}/papers", id: "start-paper", creates: true, summary: "开始制作附件1、附件2 或简报，不等待",
		status: http.StatusAccepted, problems: []kindError{errNotFound, errRunNotComplete, errRunWhatIf, errRunOneMine},
	}, s.startPaper)
	register(s, a, route{method: get, path: "/v1/jobs", id: "list-jobs", summary: "任务列表，新的在前"}, s.listJobs)
	register(s, a, route{method: get, path: "/v1/jobs/{id}", id: "get-job", summary: "一个任务的进度", problems: []kindError{errNotFound}}, s.getJob)
	register(s, a, route{
		method: get, path: "/v1/jobs/{id}/events", id: "follow-job", summary: "一个任务的进度，有变化即告知，直到结束",
		problems: []kindError{errNotFound}, produces: []string{eventType},
	}, s.followJob)
	register(s, a, route{
		method: get, path: "/v1/jobs/{id}/file", id: "get-job-file", summary: "一个任务的结果：压缩包、材料，或不作等待的请求本应答复的内容",
		problems: []kindError{errNotFound, errJobNotComplete}, produces: []string{zipType, xlsxType, docxType, pdfType, jsonType},
	}, s.jobFile)
	register(s, a, route{
		method: remove, path: "/v1/jobs/{id}", id: "end-job", summary: "取消尚未结束的任务，返回取消后的；已结束的连同结果一并删除，返回所删的",
		problems: []kindError{errNotFound},
	}, s.endJob)
}

// ledgerRoutes are those of the ledger.
func (s *service) ledgerRoutes(a huma.API) {
	get, post, remove := http.MethodGet, http.MethodPost, http.MethodDelete
	feed := []kindError{errNotFound, errRunNotComplete, errRunWhatIf, errRunOneMine, errOlderRun}
	measure := []kindError{errNotFound, errRunNotComplete, errNotByImage, errNoEarlierDay}
	register(s, a, route{method: get, path: "/v1/ledger/campaign", id: "get-ledger-campaign", summary: "台账所属的专项行动", constant: true}, s.ledgerCampaign)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/ledger_plan", id: "plan-ledger-feed", summary: "一次套合入账会带来的变化；不改变台账", problems: feed,
	}, s.ledgerPlan)
	register(s, a, route{
		method: post, path: "/v1/ledger/feeds", id: "feed-ledger", creates: true, summary: "套合入账；同一次套合再次入账不改变任何内容", problems: feed,
		waited: reflect.TypeFor[LedgerPlan](),
	}, s.feedLedger)
	register(s, a, route{
		method: get, path: "/v1/ledger/items", id: "list-ledger-items", summary: "台账问题", produces: []string{jsonType, csvType, xlsxType},
		formats: map[string]string{"json": jsonType, "csv": csvType, "xlsx": xlsxType},
	}, s.listLedgerItems)
	register(s, a, route{
		method: get, path: "/v1/ledger/form.csv", id: "get-ledger-form", summary: "台账（附件1 各栏），已排除的不列", produces: []string{csvType},
	}, s.ledgerForm)
	register(s, a, route{
		method: post, path: "/v1/ledger/items", id: "enter-ledger-item", creates: true, summary: "人工录入地图上看不到的问题", status: http.StatusCreated,
	}, s.enterLedgerItem)
	register(s, a, route{
		method: get, path: "/v1/ledger/items/{id}", id: "get-ledger-item", summary: "一个问题及其全部经过", problems: []kindError{errNotFound},
	}, s.getLedgerItem)
	register(s, a, route{
		method: get, path: "/v1/ledger/items/{id}/measurement", id: "measure-ledger-item", summary: "用较新影像核验一个问题", problems: measure,
	}, s.measureLedgerItem)
	register(s, a, route{
		method: get, path: "/v1/runs/{id}/ledger_measurements", id: "list-ledger-measurements", summary: "用一次套合的较新影像核验全部未销号问题",
		problems: []kindError{errNotFound, errRunNotComplete, errRunWhatIf, errRunOneMine}, waited: reflect.TypeFor[Page[LedgerMeasurement]](),
	}, s.ledgerMeasurements)
	s.deedRoutes(a)
	register(s, a, route{
		method: get, path: "/v1/ledger/items/{id}/photographs/{event_no}", id: "get-ledger-photograph", summary: "一张照片",
		problems: []kindError{errNotFound}, produces: []string{jpegType},
	}, s.ledgerPhotograph)
	register(s, a, route{method: get, path: "/v1/ledger/progress", id: "get-ledger-progress", summary: "销号率与序时进度"}, s.ledgerProgress)
	register(s, a, route{method: get, path: "/v1/ledger/changes", id: "list-ledger-changes", summary: "台账的全部变动，按顺序"}, s.ledgerChanges)
	register(s, a, route{
		method: post, path: "/v1/ledger/webhooks", id: "add-webhook", creates: true, summary: "登记一个地址，台账每有变动即告知", status: http.StatusCreated,
	}, s.addWebhook)
	register(s, a, route{method: get, path: "/v1/ledger/webhooks", id: "list-webhooks", summary: "已登记的地址"}, s.listWebhooks)
	register(s, a, route{
		method: remove, path: "/v1/ledger/webhooks/{id}", id: "remove-webhook", summary: "不再告知一个地址，返回所删的", problems: []kindError{errNotFound},
	}, s.removeWebhook)
}

// deedRoutes are what a person does to an item.
func (s *service) deedRoutes(a huma.API) {
	of := func(deed, summary string, problems ...kindError) route {
		return route{
			method: http.MethodPost, path: "/v1/ledger/items/{id}/" + deed, id: deed + "-ledger-item", summary: summary,
			problems: append([]kindError{errNotFound, errItemChanged}, problems...),
		}
	}
	// What is seen and done is noted in every state; what moves an item, in some.
	move := func(deed, summary string, problems ...kindError) route {
		return of(deed, summary, append(problems, errItemState)...)
	}
	register(s, a, move("confirm", "核实一条线索"), s.confirmLedgerItem)
	register(s, a, move("dismiss", "排除一条线索"), s.dismissLedgerItem)
	register(s, a, move("reopen", "重新打开已排除或已销号的问题"), s.reopenLedgerItem)
	register(s, a, move("assign", "交办：承办人、责任人、措施、时限"), s.assignLedgerItem)
	register(s, a, move("start", "开始整改"), s.startLedgerItem)
	register(s, a, of("measures", "登记已采取的措施"), s.takeLedgerMeasure)
	register(s, a, of("field_checks", "登记现场核查"), s.checkLedgerItem)
	photograph := of("photographs", "添加照片")
	photograph.maxBody = ledger.MaxPhotographBytes
	register(s, a, photograph, s.addLedgerPhotograph)
	register(s, a, move("propose", "申请销号", errRunNotComplete, errNotByImage, errNoEarlierDay), s.proposeLedgerItem)
	register(s, a, move("approve", "同意销号；申请人不能自己审批", errSamePerson), s.approveLedgerItem)
	register(s, a, move("reject", "退回销号申请", errSamePerson), s.rejectLedgerItem)
}

// paperProblems are those of the papers of a run.
var paperProblems = []kindError{errNotFound, errRunNotComplete, errRunWhatIf, errRunOneMine, errNoPDF}
