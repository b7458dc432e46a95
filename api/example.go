package api

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// tags are the groups of operations, in the order in which the page shows them.
var tags = []*huma.Tag{
	{Name: "system", Description: "服务与接口说明"},
	{Name: "catalogue", Description: "图层、规则、诊断代码与限额"},
	{Name: "counties", Description: "旗区"},
	{Name: "datasets", Description: "上传、诊断与验收"},
	{Name: "runs", Description: "套合及其附件"},
	{Name: "findings", Description: "问题及其依据"},
	{Name: "statistics", Description: "统计"},
	{Name: "check", Description: "合规性审查"},
	{Name: "mines", Description: "各矿山的报告、档案与套合图"},
	{Name: "orthophotos", Description: "正射影像"},
	{Name: "jobs", Description: "不作等待的任务"},
	{Name: "ledger", Description: "台账"},
	{Name: "access", Description: "登录、账号、令牌与操作记录"},
}

// tagOf is the group of the operations at a path.
func tagOf(path string) string {
	rest, versioned := strings.CutPrefix(path, "/v1/")
	if !versioned {
		return "system"
	}
	name, _, _ := strings.Cut(rest, "/")
	switch name {
	case "inspections":
		return "datasets"
	case "session", "me", "accounts", "tokens", "audit":
		return "access"
	}
	for _, t := range tags {
		if t.Name == name {
			return name
		}
	}
	return "catalogue"
}

// exampleText holds, by operation, an example of its body and of its reply. The
// bodies are written by hand, the replies are those of the sample county: go
// test ./api -run TestWalkthrough -update.
//
//go:embed examples.json
var exampleText []byte

type example struct {
	Request any `json:"request,omitempty"`
	Reply   any `json:"reply,omitempty"`
}

// parameterDocs are said of the parameters of these names wherever their own
// operation says nothing.
var parameterDocs = map[string]string{"limit": "至多几个"}

// parameterExamples are the values that examples show, by name.
var parameterExamples = map[string]any{
	"id": 1, "licence_no": "C1599002017081120121295", "code": "159900", "county": "159900", "event_no": 7, "level": 0, "row": 0, "column": 0, "run": 1, "limit": 100,
	"If-Match": `"2"`, "Prefer": "respond-async", "day": "2022-06-15", "by": "张三", "name": "李四", "version": currentRules,
}

// outside are the problems that no operation of this document answers with: they
// are met where there is none, or below /ogc.
var outside = []string{
	errBadParameters.code, errNoSuchPath.code, errMethodNotAllowed.code, errNoIssuer.code,
	errExecution.code, errNoSuchProcess.code, errNoSuchJob.code, errNoSuchOutput.code, errResultNotReady.code, errExecutionFailed.code,
	errStillExecuting.code,
}

// exemplify adds examples of problems, parameters, bodies and replies.
func exemplify(doc *huma.OpenAPI) {
	doc.Components.Examples = map[string]*huma.Example{}
	for _, k := range problemKinds {
		p := k.shown()
		p.RequestID = "5f3a9c0d1e2b4a68"
		if k.code == errInvalid.code {
			p.Errors = append(p.Errors, ProblemFault{Location: "query.limit", Code: "out-of-range", Message: "不能大于 1000。"})
		}
		if !slices.Contains(outside, k.code) {
			doc.Components.Examples[k.code] = &huma.Example{Summary: k.title, Value: p}
		}
	}
	examples := map[string]example{}
	if err := json.Unmarshal(exampleText, &examples); err != nil {
		panic(fmt.Sprintf("api/examples.json: %v", err)) // embedded, and read by every test
	}
	for _, item := range doc.Paths {
		for _, op := range operationsOf(item) {
			for _, p := range op.Parameters {
				p.Description = cmp.Or(p.Description, parameterDocs[p.Name])
				value := parameterExamples[p.Name]
				if p.Name == "id" && p.Schema.Type == huma.TypeString {
					value = "1-C1599002017081120121295-mining_out_of_bounds" // of a finding
				}
				if _, text := value.(string); value != nil && text == (p.Schema.Type == huma.TypeString) && len(p.Schema.Enum) == 0 {
					p.Example = value
				}
			}
			of := examples[op.OperationID]
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Content {
					media.Example = of.Request
				}
			}
			if success := op.Responses[strconv.Itoa(op.DefaultStatus)]; success != nil {
				if media := success.Content[jsonType]; media != nil {
					media.Example = of.Reply
				}
			}
		}
	}
}

// operationsOf are the operations of a path.
func operationsOf(item *huma.PathItem) []*huma.Operation {
	var out []*huma.Operation
	for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete} {
		if op != nil {
			out = append(out, op)
		}
	}
	return out
}
