package taohe

import (
	"maps"
	"slices"
)

// diagnosticKinds is the closed catalogue: each code with what is done about
// it, the text for the bureau and the text for logs. {name} is filled from
// Diagnostic.Args, {field} from Diagnostic.Field. Codes are never reused.
var diagnosticKinds = map[string]diagnosticKind{
	"file.not_a_zip":      {Refused, "文件不是有效的 ZIP 压缩包：{reason}。请重新打包后上传。", "not a readable zip archive: {reason}"},
	"file.no_layer":       {Refused, "压缩包内没有 .shp 或 GeoJSON 文件（共 {entries} 个条目）。请把 .shp、.shx、.dbf、.prj 一起打包。", "no .shp or GeoJSON among {entries} entries"},
	"file.unknown_format": {Refused, "无法识别的文件格式。可上传 ZIP 打包的 Shapefile 或 GeoJSON。", "unrecognised file format; zipped shapefile and GeoJSON are read"},
	"file.limit":          {Refused, "{what} 超过上限 {limit}，已停止读取。请拆分文件后上传。", "{what} exceeds the limit of {limit}"},
	"file.truncated":      {Refused, "{part} 文件不完整：应有 {want}，实有 {got}。请向提供单位索取完整文件。", "{part} is truncated: want {want}, got {got}"},
	"file.several_layers": {Refused, "文件中有多个图层：{layers}。请用“图层名”参数指定其中一个。", "several layers in the file: {layers}; name one"},
}

// DiagnosticCatalogue lists every kind of diagnostic, sorted by code.
func DiagnosticCatalogue() []DiagnosticKind {
	kinds := make([]DiagnosticKind, 0, len(diagnosticKinds))
	for _, code := range slices.Sorted(maps.Keys(diagnosticKinds)) {
		k := diagnosticKinds[code]
		kinds = append(kinds, DiagnosticKind{Code: code, Severity: k.severity, Chinese: k.chinese, English: k.english})
	}
	return kinds
}
