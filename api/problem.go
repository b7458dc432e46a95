package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/taohe-gis/taohe/api/ogc"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/access"
	"github.com/taohe-gis/taohe/internal/office"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/internal/replay"
	"github.com/taohe-gis/taohe/ledger"
	"github.com/taohe-gis/taohe/report/drawing"
)

// A kindError is one line of the table of problems: what a request can come
// to beside success. Codes are stable for ever and documented in
// docs/problems.md, which is made from this table.
type kindError struct {
	code   string
	status int
	// title is for developers, detail for the clerk, with the next step.
	title, detail string
	// of is the error of the packages below that means this problem, if any.
	of error
}

func (k kindError) Error() string { return k.code }

// The problems, each by what it is called in code.
var (
	errMalformedJSON    = kindError{"malformed-json", 400, "The body is not JSON", "请求内容不是有效的 JSON，请检查后重新提交。", nil}
	errMalformedForm    = kindError{"malformed-form", 400, "The body is not a readable multipart form", "上传内容不是有效的表单（multipart/form-data），请重新提交。", nil}
	errUploadIncomplete = kindError{"upload-incomplete", 400, "The upload broke off", "上传中断，文件未收全，没有保存任何内容。请重新上传。", nil}
	errBadParameters    = kindError{"bad-parameters", 400, "Parameters are unknown or malformed", "网址中的参数有误。请按 errors 中逐条说明改正。", nil}
	errExecution        = kindError{"invalid-execution", 400, "The execution cannot be carried out as it stands", "执行请求有误，没有执行。请按 errors 中逐条说明改正后重新提交。", nil}
	errBadText          = kindError{"bad-text", 400, "The address holds a zero byte or is not UTF-8", "网址中含有无法识别的字符，请检查后重新提交。", nil}
	errUnauthenticated  = kindError{"unauthenticated", 401, "Nobody is signed in, or the session or token is not good any more", "请先登录；程序请在 Authorization 中带上有效的令牌。", nil}
	errSignIn           = kindError{"sign-in-refused", 401, "Name or password is wrong", "账号名或密码不正确，或账号已停用。", access.ErrSignIn}
	errForbidden        = kindError{"forbidden", 403, "The role, or the counties, of the caller do not reach so far", "您的角色不能进行这项操作，或其中涉及您职责以外的旗区。如有需要，请联系管理员。", nil}
	errNoAccount        = kindError{"no-account", 409, "No account exists yet", "尚未建立账号。请先在服务器上用 taohe account add --admin 建立管理员账号，再登录进行这项操作。", nil}
	errTooManySignIns   = kindError{"too-many-sign-ins", 429, "Too many sign-ins failed", "登录失败的次数过多，请在 15 分钟后再试。", access.ErrTooMany}
	errOtherCounties    = kindError{"other-counties", 403, "It is of more counties than the caller's", "这项操作涉及整个套合，其中有您职责以外的旗区。您的旗区的报告、附件和各矿山的一矿一案不必通过任务，可直接下载；整个套合的请由能看全部旗区的同事办理，或联系管理员。", nil}
	errHost             = kindError{"host-not-allowed", 403, "The Host header names no host that is served", "不能用这个主机名访问：只接受本机（localhost 或 127.0.0.1）和 serve --host 写明的名称。", nil}
	errCrossOrigin      = kindError{"cross-origin", 403, "Another site's page may not change anything here", "不接受来自其他网站页面的修改请求。", nil}
	errNoSuchPath       = kindError{"no-such-path", 404, "There is nothing at this path", "没有这个网址。接口说明见 /openapi.json。", nil}
	errNotFound         = kindError{"not-found", 404, "There is no such thing", "没有找到所要的内容，请检查编号。", pipeline.ErrNotFound}
	errNoSuchProcess    = kindError{"no-such-process", 404, "There is no such process", "没有这个过程。可用的过程见 /ogc/processes。", ogc.ErrNoSuchProcess}
	errNoSuchJob        = kindError{"no-such-job", 404, "There is no such job", "没有这个任务，请检查编号；任务结束七天后连同结果删除，套合一直保留。", ogc.ErrNoSuchJob}
	errNoSuchOutput     = kindError{"no-such-output", 404, "The process has no such output", "这个过程没有这一项输出。其输出见过程说明。", ogc.ErrNoSuchOutput}
	errResultNotReady   = kindError{"result-not-ready", 404, "The job has no results, or none yet", "任务尚未完成（或已取消），没有结果。请查看其状态。", ogc.ErrResultNotReady}
	errMethodNotAllowed = kindError{"method-not-allowed", 405, "The path does not have this method", "这个网址不支持该请求方法。接口说明见 /openapi.json。", nil}
	errNotAcceptable    = kindError{"not-acceptable", 406, "None of the media types asked for is to be had", "不能按所要的格式（Accept）给出结果。", ogc.ErrNotAcceptable}
	errStalled          = kindError{"request-timeout", 408, "The body stopped coming", "等待上传内容超时，没有保存任何内容。请检查网络后重新上传。", nil}
	errNotStaged        = kindError{"not-staged", 409, "Only a staged dataset can be accepted", "这个数据版本不在待验收状态：可能仍在读取、未能导入，或已经验收。请刷新后查看其状态。", ingest.ErrNotStaged}
	errHeldUndecided    = kindError{"held-rows-undecided", 409, "Rows are held and the decision on them is missing", "有些行因修复后面积变化过大而暂不计入。请核对后在 held_rows 中写明 accept（采用）或 leave_out（不采用）。", ingest.ErrHeldUndecided}
	errRemovalOpen      = kindError{"removal-unconfirmed", 409, "The version drops rows of the layer and that is not confirmed", "整体替换会减少现有记录。请在 /v1/datasets/{id}/changes 核对减少的编号，确认后在 confirm_removed 中写明数目；只是补充数据时请用 add 或 update 重新上传。", ingest.ErrRemovalUnconfirmed}
	errRunOver          = kindError{"run-over", 409, "The run has already ended", "这次套合已经结束，不能取消。", nil}
	errRunNotBroken     = kindError{"run-not-broken", 409, "The run was neither cancelled nor did it fail", "只有已取消或系统故障的套合可以继续；已完成的请重新套合。", nil}
	errNotLoading       = kindError{"not-loading", 409, "The dataset is not being loaded", "这个数据版本已经读取完毕（或已取消、失败），不能取消。", nil}
	errItemState        = kindError{"item-state", 409, "The item is in a state that does not allow this", "这个问题目前的状态不能这样处理，请刷新后查看。", ledger.ErrState}
	errSamePerson       = kindError{"same-person", 409, "Whoever proposed cannot decide", "申请销号的人不能自己审批，请由另一人审批。", ledger.ErrSamePerson}
	errOlderRun         = kindError{"older-run", 409, "The ledger was fed from a run of a later day", "台账已按更晚截止日的套合入账，较早的套合不能再入账。", ledger.ErrOlderRun}
	errNotByImage       = kindError{"not-by-image", 409, "The item rests on no image", "这个问题不以影像为依据，不能按影像核验，请按其他方式销号。", ledger.ErrNotByImage}
	errNoEarlierDay     = kindError{"no-earlier-day", 409, "No run of an earlier day found the item", "这次套合的截止日不晚于发现该问题的套合，无从核验。请用较晚的套合。", ledger.ErrNoEarlierDay}
	errKeyOfOther       = kindError{"idempotency-key-reused", 409, "The Idempotency-Key was sent with another request", "这个 Idempotency-Key 已用于另一个请求，请换一个编号。", replay.ErrOther}
	errKeyUnderWay      = kindError{"request-under-way", 409, "The request of this Idempotency-Key is still being carried out", "带这个 Idempotency-Key 的请求正在处理，请稍后再查。", replay.ErrUnderWay}
	errReplyLost        = kindError{"reply-lost", 409, "The request of this Idempotency-Key was carried out, and its reply is lost", "带这个 Idempotency-Key 的请求已经办理，但程序在答复之前中断，答复没有留下。不要换编号重新提交：请在列表中查看所建的内容。", replay.ErrLost}
	errItemChanged      = kindError{"item-changed", 412, "The item was changed since it was looked at", "这个问题在您查看之后已被他人改动，请刷新后再处理。", ledger.ErrChanged}
	errChanged          = kindError{"resource-changed", 412, "It was changed since it was looked at", "这项内容在您查看之后已有变动，请刷新后再处理。", pipeline.ErrChanged}
	errRunNotComplete   = kindError{"run-not-complete", 409, "The run is not complete", "这次套合尚未完成（或已取消、失败），结果不全：没有台账，也不能列出问题或比较。", pipeline.ErrNotComplete}
	errJobNotComplete   = kindError{"job-not-complete", 409, "The job is not complete", "这个任务尚未完成（或已取消、失败），没有结果。请查看其状态。", pipeline.ErrJobNotComplete}
	errDatasetKept      = kindError{"dataset-kept", 409, "Only a dataset that is neither accepted nor being loaded can be deleted", "只能删除没有验收的数据版本：已验收的一律保留，读取中的请先取消读取。", ingest.ErrKept}
	errBeingRead        = kindError{"layer-being-read", 409, "Others are reading the layer", "有人正在读取这个图层（例如导出），没有删除任何内容。请稍后再试。", ingest.ErrBeingRead}
	errRunKept          = kindError{"run-kept", 409, "Only a what-if run that is over can be deleted", "只能删除已结束的假设套合；正式套合一律保留。", pipeline.ErrNotWhatIf}
	errRunWhatIf        = kindError{"run-what-if", 409, "A what-if run feeds no ledger", "这是假设套合，所依据的数据尚未验收，没有台账。请先验收数据，再正式套合。", pipeline.ErrWhatIf}
	errRunOneMine       = kindError{"run-of-one-mine", 409, "A run of one mine feeds no ledger and is compared with none", "这是只重算一座矿山的套合，没有台账、材料和比较。请用整个旗区的套合。", pipeline.ErrOneMine}
	errTooLarge         = kindError{"too-large", 413, "The body is larger than the limit", "上传内容超过上限，没有保存任何内容。上限见 /v1/limits，请拆分后重新上传。", nil}
	errRange            = kindError{"range-not-satisfiable", 416, "The range lies outside", "所要的范围（Range）超出文件的大小。大小见 Content-Range。", nil}
	errMediaType        = kindError{"unsupported-media-type", 415, "The body is of a media type that is not read here", "请求内容的类型（Content-Type）不对：上传文件用 multipart/form-data，其余用 application/json。", nil}
	errInvalid          = kindError{"invalid-request", 422, "The request cannot be carried out as it stands", "请求有误，没有保存任何内容。请按 errors 中逐条说明改正后重新提交。", nil}
	errInternal         = kindError{"internal-error", 500, "Internal error", "系统内部错误，已记入日志。请稍后再试；如再次出现，请把 request_id 告知管理员。", nil}
	errExecutionFailed  = kindError{"execution-failed", 500, "The job failed", "任务因系统故障未能完成，没有结果。请查看其状态；排除故障后重新执行，或由 /v1/runs/{id}/retry 继续。", ogc.ErrExecutionFailed}
	errStillExecuting   = kindError{"execution-under-way", 503, "The execution takes longer than a request may", "执行仍在进行，时间超过了一次请求的上限。不要重新提交：请按 Link（rel=monitor）查看任务的状态，完成后取结果；下次可用 Prefer: respond-async。", ogc.ErrStillExecuting}
	errNoPDF            = kindError{"pdf-unavailable", 501, "The server has no LibreOffice to make PDF with", "服务器没有安装 LibreOffice，不能生成 PDF。请管理员安装 libreoffice-writer，或改用 docx。", office.ErrMissing}
	errNoFont           = kindError{"font-missing", 501, "The server has no Chinese font to draw maps with", "服务器没有安装中文字体，不能绘制套合图。请管理员安装思源黑体（fonts-noto-cjk），或用 TAOHE_FONT 写明字体文件。", drawing.ErrNoFont}
	errNoGDAL           = kindError{"gdal-missing", 501, "The server has no GDAL to lay orthophotos beneath maps with", "服务器没有安装 GDAL，不能使用正射影像。请管理员安装 gdal-bin，或在 orthophoto 中写 none，出不带影像的图。", pipeline.ErrNoGDAL}
	errNoIssuer         = kindError{"issuer-unavailable", 502, "The OpenID Connect issuer does not answer as it should", "统一认证没有响应。请稍后再试，或用密码登录；如再次出现，请管理员检查统一认证的设置。", nil}
	errTookTooLong      = kindError{"request-took-too-long", 503, "The request took longer than a request may", "处理时间超过了一次请求的上限，已经停止，没有保存任何内容。请缩小范围（一个旗区、一个工作组），或改用任务（Prefer: respond-async）；如再次出现，请把 request_id 告知管理员。", nil}
	errStopping         = kindError{"service-stopping", 503, "The service is being stopped", "服务正在停止（例如升级），没有保存任何内容。请过一两分钟再试。", nil}
	errUnavailable      = kindError{"database-unavailable", 503, "The database does not answer", "数据库没有响应，没有保存任何内容。请稍后再试；如再次出现，请管理员检查数据库。", nil}
	errNoSpace          = kindError{"no-space", 507, "The disk for uploads is full", "存放上传文件的磁盘已满，没有保存任何内容。请管理员清理或扩大该磁盘，然后重新上传。", nil}
	errDatabaseFull     = kindError{"database-full", 507, "The disk of the database is full", "数据库所在的磁盘已满，没有保存任何内容。请管理员清理或扩大该磁盘，然后再试。", nil}
)

// problemKinds is the table of problems, by status.
var problemKinds = []kindError{
	errMalformedJSON, errMalformedForm, errUploadIncomplete, errBadParameters, errExecution, errBadText, errUnauthenticated, errSignIn, errHost, errCrossOrigin, errForbidden, errOtherCounties, errNoSuchPath, errNotFound, errNoSuchProcess, errNoSuchJob, errNoSuchOutput, errResultNotReady,
	errMethodNotAllowed, errNotAcceptable, errStalled, errNotStaged, errHeldUndecided, errRemovalOpen, errRunOver, errRunNotBroken, errNotLoading,
	errRunNotComplete, errJobNotComplete, errDatasetKept, errBeingRead, errRunKept, errRunWhatIf, errRunOneMine, errNoAccount, errItemState, errSamePerson, errOlderRun, errNotByImage, errNoEarlierDay, errKeyOfOther, errKeyUnderWay, errReplyLost, errItemChanged, errChanged,
	errTooLarge, errMediaType, errRange, errInvalid, errTooManySignIns, errInternal, errExecutionFailed, errNoPDF, errNoFont, errNoGDAL, errNoIssuer, errStillExecuting, errTookTooLong, errStopping, errUnavailable, errNoSpace,
	errDatabaseFull,
}

// problemHome is where the codes are explained to people.
const problemHome = "https://github.com/taohe-gis/taohe/blob/main/docs/problems.md#"

// A ProblemError is a refusal as RFC 9457 writes one.
type ProblemError struct {
	Type   string `json:"type" doc:"Where the code is explained"`
	Title  string `json:"title" doc:"The kind of problem, in English"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"给使用者的说明与下一步"`
	Code   string `json:"code" doc:"Stable code of the kind of problem"`
	// Errors are the faults of the request, all at once.
	Errors    []ProblemFault `json:"errors" doc:"请求中的全部错误"`
	RequestID string         `json:"request_id" doc:"Names the request in the log"`
}

// A ProblemFault is one fault of a request.
type ProblemFault struct {
	Location string `json:"location" doc:"Field of the body or form, or query.NAME, path.NAME"`
	Code     string `json:"code" doc:"Stable code of the fault"`
	Message  string `json:"message" doc:"给使用者的说明"`
}

// Error implements error for huma, which writes an error with a status as it is.
func (p *ProblemError) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *ProblemError) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *ProblemError) ContentType(string) string { return problemType }

// problem is err in the words of the table. What is not in the table is an
// internal error, whose text goes to the log and nowhere else.
func (s *service) problem(ctx context.Context, err error) *ProblemError {
	var done *ProblemError
	if errors.As(err, &done) {
		return done
	}
	kind, faults := errInternal, []ProblemFault{}
	var request *ingest.RequestError
	var parameters *ogc.BadRequestError
	var execution *ogc.ExecutionError
	switch {
	case errors.Is(err, ogc.ErrTooLarge):
		kind = errTooLarge
	case errors.Is(err, ogc.ErrBrokenOff):
		kind = errUploadIncomplete
	case errors.As(err, &execution):
		kind = errExecution
		for _, f := range execution.Faults {
			faults = append(faults, ProblemFault{Location: f.Location, Code: f.Code, Message: f.Message})
		}
	case errors.As(err, &parameters):
		kind = errBadParameters
		for _, f := range parameters.Faults {
			faults = append(faults, ProblemFault{Location: f.Location, Code: f.Code, Message: f.Message})
		}
	case errors.As(err, &request):
		kind = errInvalid
		for _, f := range request.Faults {
			faults = append(faults, ProblemFault{Location: f.Location, Code: f.Code, Message: f.Message})
		}
	case !errors.As(err, &kind):
		for _, k := range problemKinds {
			if k.of != nil && errors.Is(err, k.of) {
				kind = k
				break
			}
		}
		switch {
		case kind != errInternal:
		case pg.StorageFull(err):
			kind = errDatabaseFull
		case stopping(ctx):
			kind = errStopping
		case tookTooLong(ctx, err):
			kind = errTookTooLong
		case pg.Unavailable(err):
			kind = errUnavailable
		}
	}
	id := requestID(ctx)
	if kind.status >= http.StatusInternalServerError {
		if errors.Is(ctx.Err(), context.Canceled) { // the client is gone, and with it the query
			s.Log.InfoContext(ctx, "request given up", "request_id", id, "err", err)
		} else {
			s.Log.ErrorContext(ctx, kind.code, "request_id", id, "err", err)
		}
	}
	askedOf(ctx).code = kind.code
	p := kind.shown()
	p.Errors, p.RequestID = faults, id
	return &p
}

// shown is the problem as it is answered, of no request yet.
func (k kindError) shown() ProblemError {
	return ProblemError{Type: cmp.Or(ogc.ExceptionType(k.of), problemHome+k.code), Title: k.title, Status: k.status, Detail: k.detail, Code: k.code, Errors: []ProblemFault{}}
}

// fail answers a request with a problem.
func (s *service) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), err)
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client may be gone
}

// transform turns the errors that huma makes itself into problems. They carry
// the values they speak of, and the texts of errors; neither is passed on.
func (s *service) transform(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	var kind kindError
	switch e.Status {
	default:
		return s.problem(ctx.Context(), e), nil
	case http.StatusBadRequest:
		kind = errMalformedJSON
	case http.StatusNotAcceptable:
		kind = errNotAcceptable
	case http.StatusRequestTimeout:
		kind = errStalled
	case http.StatusRequestEntityTooLarge:
		kind = errTooLarge
	case http.StatusUnsupportedMediaType:
		kind = errMediaType
	case http.StatusUnprocessableEntity:
		p := s.problem(ctx.Context(), errInvalid)
		for _, d := range e.Errors {
			p.Errors = append(p.Errors, validationFault(d))
		}
		return p, nil
	}
	return s.problem(ctx.Context(), kind), nil
}
