package ogc

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/taohe-gis/taohe/internal/job"
)

// A process is an operation of the service as OGC API – Processes offers one.
type process struct {
	id, title, description string
	// begin is the operation that makes a job of it; nil where the outputs are
	// answers to what is asked, and there is nothing to follow.
	begin   func(in inputs, w manner) asking
	inputs  []processInput
	outputs []processOutput
	// byValueOnly is set where an answer has no address.
	byValueOnly bool
}

// inputs are the values of an execution, each as JSON.
type inputs map[string]json.RawMessage

// A processInput is described by the words of the operation that takes it.
type processInput struct {
	name, title, description string
	schema                   object
	required                 bool
	// most is how many values it takes, in an array; 0 for one.
	most    int
	example any
}

// A processOutput is the answer to what is asked, or a member of it.
type processOutput struct {
	name, title, description string
	// forms are the media types that it is had in, the first if none is asked for.
	forms []form
	// of asks for it.
	of func(in inputs, x job.Execution, f form) asking
	// member is the one of the answer that is the output, all of it when "".
	member string
}

// A form is a media type and what the operations call it.
type form struct {
	mediaType, name string
	schema          object
}

func (p *process) output(name string) (processOutput, bool) {
	at := slices.IndexFunc(p.outputs, func(o processOutput) bool { return o.name == name })
	if at < 0 {
		return processOutput{}, false
	}
	return p.outputs[at], true
}

// form is the one of the media type, the first when that is "".
func (o processOutput) form(mediaType string) (form, bool) {
	at := slices.IndexFunc(o.forms, func(f form) bool { return mediaType == "" || f.mediaType == mediaType })
	if at < 0 {
		return form{}, false
	}
	return o.forms[at], true
}

// without are the inputs less those that stand in the address.
func (in inputs) without(names ...string) []byte {
	rest := map[string]json.RawMessage{}
	for name, v := range in {
		if !slices.Contains(names, name) {
			rest[name] = v
		}
	}
	body, _ := json.Marshal(rest) // raw JSON that was read as such
	return body
}

// text is an input as it stands in an address.
func (in inputs) text(name string) string {
	if text := ""; json.Unmarshal(in[name], &text) == nil {
		return text
	}
	return string(in[name])
}

func ofRun(path string, f form) func(inputs, job.Execution, form) asking {
	return func(_ inputs, x job.Execution, _ form) asking {
		return asking{method: "GET", address: "/v1/runs/" + strconv.FormatInt(x.RunID, 10) + path, accept: f.mediaType}
	}
}

func fileOfJob(_ inputs, x job.Execution, _ form) asking {
	return asking{method: "GET", address: "/v1/jobs/" + strconv.FormatInt(x.JobID, 10) + "/file"}
}

const (
	zipType  = "application/zip"
	csvType  = "text/csv"
	gpkgType = "application/geopackage+sqlite3"
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pdfType  = "application/pdf"
	textType = "text/plain"
)

func jsonForm(name string) form {
	return form{jsonType, name, object{"type": "object", "contentMediaType": jsonType}}
}

func textForm(mediaType, name string) form {
	return form{mediaType, name, object{"type": "string", "contentMediaType": mediaType}}
}

func fileForm(mediaType, name string) form {
	return form{mediaType, name, object{"type": "string", "contentMediaType": mediaType, "contentEncoding": "binary"}}
}

var geoJSONForm = form{geoJSONType, "geojson", object{
	"type": "object", "contentMediaType": geoJSONType, "format": "geojson-feature-collection",
	"required": []string{"type", "features"}, "properties": object{
		"type": object{"type": "string", "enum": []string{"FeatureCollection"}}, "features": object{"type": "array", "items": object{"type": "object"}},
	},
}}

// Schemas of inputs.
var (
	daySchema    = object{"type": "string", "format": "date"}
	codeSchema   = object{"type": "string", "pattern": "^[0-9]{6}$"}
	numberSchema = object{"type": "integer", "minimum": 1}
)

func oneOf(values ...string) object {
	return object{"type": "string", "enum": values, "default": values[0]}
}

// processes are those that are offered.
var processes = []process{overlayProcess, checkProcess, mineReportProcess, dossiersProcess, paperProcess}

func knownProcess(id string) (*process, error) {
	at := slices.IndexFunc(processes, func(p process) bool { return p.id == id })
	if at < 0 {
		return nil, ErrNoSuchProcess
	}
	return &processes[at], nil
}

var overlayProcess = process{
	id: job.ProcessOverlay, title: "套合", description: "按截止日对旗区的全部矿山进行套合。结果为疑似问题（线索），须实地核实；面积为 CGCS2000 椭球面积（平方米、亩）。",
	begin: func(in inputs, _ manner) asking {
		return asking{method: "POST", address: "/v1/runs", body: in.without()}
	},
	inputs: []processInput{
		{"as_of", "截止日", "只用这一天及以前的数据。", daySchema, true, 0, "2022-05-31"},
		{"counties", "旗区", "六位旗区代码；不写即全部。", codeSchema, false, 5000, []string{"159900"}},
		{"changed_only", "只算有变化的", "true：只计算数据变化可能影响的矿山，其余沿用以前的结果，数字与全部重算相同。", object{"type": "boolean", "default": false}, false, 0, nil},
		{"what_if", "假设已验收的数据", "待验收数据的编号：看验收后会有什么变化。", numberSchema, false, 100, nil},
	},
	outputs: []processOutput{
		{"findings", "疑似问题", "每个问题的图形、规则、面积（平方米、亩）与可靠性。", []form{
			geoJSONForm, textForm(csvType, "csv"), fileForm(gpkgType, "gpkg"), fileForm(zipType, "shapefile"),
		}, func(_ inputs, x job.Execution, f form) asking {
			return asking{method: "GET", address: "/v1/findings?" + url.Values{"run": {strconv.FormatInt(x.RunID, 10)}, "format": {f.name}}.Encode()}
		}, ""},
		{"run", "套合", "使用的数据版本、因缺少图层未核查的规则、矿山数、不属于任何矿山的图斑。", []form{jsonForm("json")}, ofRun("", jsonForm("")), ""},
		{"digest", "摘要", "全部输入与结果的 SHA-256；相同的数据与规则得相同的摘要。", []form{textForm(textType, "")}, ofRun("", jsonForm("")), "digest"},
	},
}

var checkProcess = process{
	id: "check", title: "合规性审查", description: "画出或粘贴的地块涉及哪些图层，各多少平方米、多少亩；不保存。geojson、wkt、corners 写一项。",
	inputs: []processInput{
		{"geojson", "地块（GeoJSON）", "面，经纬度；也可引用本服务 /ogc/collections 下的要素。", object{
			"type": "object", "contentMediaType": geoJSONType, "required": []string{"type"}, "properties": object{"type": object{"type": "string"}},
		}, false, 0, nil},
		{"wkt", "地块（WKT）", "POLYGON 或 MULTIPOLYGON，先东坐标（或经度）后北坐标（或纬度）。", object{"type": "string", "maxLength": 500000}, false, 0, nil},
		{"corners", "角点", "一个环的角点，先东坐标（或经度）后北坐标（或纬度）；不必闭合。", object{
			"type": "array", "minItems": 3, "maxItems": 10000, "items": object{"type": "array", "minItems": 2, "maxItems": 2, "items": object{"type": "number"}},
		}, false, 0, [][2]float64{{109.6, 40.2}, {109.62, 40.2}, {109.62, 40.22}, {109.6, 40.22}}},
		{"crs", "坐标系", "wkt、corners 的坐标系，例如 EPSG:4525；不写即 EPSG:4490。", object{"type": "string", "maxLength": 20}, false, 0, nil},
		{"as_of", "截止日", "不写即今天。", daySchema, false, 0, "2022-05-31"},
	},
	outputs: []processOutput{
		{
			"check", "审查结果", "各图层中涉及的各行与面积（平方米、亩）；missing_in 为没有该图层的旗区，不等于不涉及。",
			[]form{jsonForm("json")},
			func(in inputs, _ job.Execution, _ form) asking {
				return asking{method: "POST", address: "/v1/check", body: in.without()}
			}, "",
		},
	},
	byValueOnly: true,
}

var mineReportProcess = process{
	id: "mine-report", title: "一座矿山的报告", description: "最近一次完成的套合中一座矿山的疑似问题、占地账与依据；docx、xlsx、pdf 为一矿一案。",
	inputs: []processInput{
		{"licence_no", "采矿许可证号", "", object{"type": "string", "pattern": "^[CT]?[0-9]{22}$"}, true, 0, "C1599002017081120121295"},
		{"run", "套合编号", "不写即最近一次完成的、有该矿的。", numberSchema, false, 0, nil},
	},
	outputs: []processOutput{
		{"report", "报告", "", []form{
			jsonForm("json"), geoJSONForm, fileForm(docxType, "docx"), fileForm(xlsxType, "xlsx"), fileForm(pdfType, "pdf"),
		}, func(in inputs, _ job.Execution, f form) asking {
			values, what := url.Values{"format": {f.name}}, "/report"
			if in["run"] != nil {
				values.Set("run", in.text("run"))
			}
			if f.mediaType != jsonType && f.mediaType != geoJSONType {
				what = "/dossier"
			}
			return asking{method: "GET", address: "/v1/mines/" + url.PathEscape(in.text("licence_no")) + what + "?" + values.Encode()}
		}, ""},
	},
}

var paperForms = []form{fileForm(docxType, "docx"), fileForm(xlsxType, "xlsx"), fileForm(pdfType, "pdf")}

// begunOfRun is a job of a run, whose number stands in the address. One that makes
// one of several forms is told which when it begins.
func begunOfRun(what string, forms []form) func(inputs, manner) asking {
	return func(in inputs, w manner) asking {
		rest := maps.Clone(in)
		for _, f := range forms {
			if f.mediaType == w.Outputs[0].MediaType {
				rest["format"], _ = json.Marshal(f.name) // a word
			}
		}
		return asking{method: "POST", address: "/v1/runs/" + url.PathEscape(in.text("run_id")) + "/" + what, body: rest.without("run_id")}
	}
}

var runInput = processInput{"run_id", "套合编号", "已完成的正式套合。", numberSchema, true, 0, 1}

var dossiersProcess = process{
	id: job.ProcessDossiers, title: "一矿一案与套合图", description: "各矿山的一矿一案与影像套合图，装入一个压缩包。",
	begin: begunOfRun("dossiers", nil),
	inputs: []processInput{
		runInput,
		{"counties", "旗区", "六位旗区代码；不写即全部。", codeSchema, false, 5000, nil},
		{"licence_nos", "采矿许可证号", "不写即全部。", object{"type": "string"}, false, 5000, []string{"C1599002017081120121295"}},
		{"format", "一矿一案的格式", "", oneOf("docx", "pdf"), false, 0, nil},
		{"map_format", "套合图的格式", "", oneOf("png", "pdf"), false, 0, nil},
		{"paper", "图幅", "", oneOf("A4", "A3"), false, 0, nil},
		{"orientation", "方向", "", oneOf("auto", "portrait", "landscape"), false, 0, nil},
		{"ledger_event", "台账事件编号", "按台账到这一号事件时的状态；不写即最新。", numberSchema, false, 0, nil},
		{"orthophoto", "底图影像", "auto 各矿取最新一幅，none 不用，或正射影像的编号。", object{"type": "string", "default": "auto"}, false, 0, nil},
		{"dpi", "分辨率", "PNG 每英寸的点数。", object{"type": "integer", "minimum": 72, "maximum": 300, "default": 200}, false, 0, nil},
	},
	outputs: []processOutput{{"archive", "压缩包", "含目录。", []form{fileForm(zipType, "zip")}, fileOfJob, ""}},
}

var paperProcess = process{
	id: job.ProcessPaper, title: "附件与简报", description: "一次套合的附件1、附件2 或简报。",
	begin: begunOfRun("papers", paperForms),
	inputs: []processInput{
		runInput,
		{"paper", "材料", "annex1 附件1、annex2 附件2、briefing 简报。", object{"type": "string", "enum": []string{"annex1", "annex2", "briefing"}}, true, 0, "annex2"},
		{"group", "排查工作组", "不写即全部。", object{"type": "integer", "minimum": 1, "maximum": 4}, false, 0, nil},
		{"county", "旗区", "六位旗区代码；不写即套合的全部旗区。", codeSchema, false, 0, nil},
		{"ledger_event", "台账事件编号", "按台账到这一号事件时的状态；不写即最新。", numberSchema, false, 0, nil},
		{"against", "与之比较的套合", "简报的；不写即此前同一范围最新的已完成套合。", numberSchema, false, 0, nil},
	},
	outputs: []processOutput{
		{"paper", "材料", "不写格式即附件1 为 xlsx，其余为 docx；pdf 需要服务器装有 LibreOffice。", paperForms, fileOfJob, ""},
	},
}
