package taohe

import (
	"maps"
	"slices"
)

// diagnosticKinds is the closed catalogue: each code with what is done about
// it, the text for the bureau and the text for logs. {name} is filled from
// Diagnostic.Args, {field} from Diagnostic.Field. Codes are never reused.
var diagnosticKinds = map[string]diagnosticKind{
	"file.not_a_zip":            {Refused, "文件不是有效的 ZIP 压缩包：{reason}。请重新打包后上传。", "not a readable zip archive: {reason}"},
	"file.no_layer":             {Refused, "压缩包内没有 .shp 或 GeoJSON 文件（共 {entries} 个条目）。请把 .shp、.shx、.dbf、.prj 一起打包。", "no .shp or GeoJSON among {entries} entries"},
	"file.unknown_format":       {Refused, "无法识别的文件格式。可上传 ZIP 打包的 Shapefile 或 GeoJSON。", "unrecognised file format; zipped shapefile and GeoJSON are read"},
	"file.limit":                {Refused, "{what} 超过上限 {limit}，已停止读取。请拆分文件后上传。", "{what} exceeds the limit of {limit}"},
	"file.truncated":            {Refused, "{part} 文件不完整：应有 {want}，实有 {got}。请向提供单位索取完整文件。", "{part} is truncated: want {want}, got {got}"},
	"file.several_layers":       {Refused, "文件中有多个图层：{layers}。请用“图层名”参数指定其中一个。", "several layers in the file: {layers}; name one"},
	"file.empty":                {Refused, "文件是空的（0 字节）。请检查后重新上传。", "the file is empty"},
	"file.archive_kind":         {Refused, "这是 {kind} 压缩包，不能读取。请解压后改用 ZIP 格式重新打包上传。", "a {kind} archive is not read; use zip"},
	"file.encrypted":            {Refused, "压缩包内的 {part} 设有密码。请去掉密码后重新打包上传。", "{part} is encrypted"},
	"file.damaged":              {Refused, "压缩包内的 {part} 已损坏：{reason}。请重新打包后上传。", "{part} is damaged: {reason}"},
	"file.entry_twice":          {Noted, "压缩包内有两个同名文件 {entry}，只读取其中一个。请核对是否为所要的文件。", "two entries share the name of {entry}; one of them is read"},
	"file.layer_not_found":      {Refused, "文件中没有名为 {layer} 的图层，现有图层：{layers}。请改正“图层名”参数。", "no layer {layer}; the file has {layers}"},
	"shp.part_missing":          {Refused, "图层 {layer} 缺少 {part} 文件。请把 .shp、.shx、.dbf、.prj 一起打包上传。", "layer {layer} has no {part}"},
	"shp.bad_header":            {Refused, ".shp 文件头不正确（应为 0000270a，实为 {got}），不是有效的 Shapefile。请重新导出。", "not a .shp: file code {got}"},
	"shp.damaged":               {Refused, ".shp 文件在第 {offset} 字节处损坏，其后的图形无法读取。请向提供单位索取完整文件。", ".shp is damaged at byte {offset}"},
	"shp.index_order":           {Refused, ".shx 索引与 .shp 中图形的次序不一致，无法确定图形与属性的对应关系。请在 GIS 软件中另存（导出）一份后上传。", ".shx orders the records differently from .shp; export the layer anew"},
	"shp.index_ignored":         {Noted, ".shx 索引与 .shp 不符，已按 .shp 自身的次序读取。", ".shx disagrees with .shp and was ignored"},
	"shp.record_numbers":        {Held, "缺少 .shx，且 .shp 中的记录号不连续，图形与属性可能错位。请核对几条记录，或补传 .shx。", "no .shx, and record numbers in .shp are out of order"},
	"shp.counts_differ":         {Refused, "图形数（{shapes}）与属性行数（{rows}）不一致，只读取了能对应的部分。请重新导出。", "{shapes} shapes but {rows} table rows"},
	"shp.length_header":         {Noted, ".shp 文件头写的长度为 {want} 字节，实际为 {got} 字节，记录齐全，已照常读取。", ".shp header says {want} bytes, the records take {got}"},
	"shp.trailing_bytes":        {Noted, ".shp 末尾（第 {offset} 字节起）有多余内容，已忽略。", "bytes behind the last record at {offset} were ignored"},
	"shp.sidecar_unread":        {Noted, "附属文件 {part} 过大或损坏，未读取。", "sidecar {part} is too large or damaged and was not read"},
	"dbf.bad_header":            {Refused, ".dbf 文件头不正确：{reason}。请重新导出。", "bad .dbf header: {reason}"},
	"dbf.surplus_rows":          {Held, ".dbf 文件头写 {declared} 行，其后还有 {surplus} 行未计入，未读取。请确认文件是否完整保存。", ".dbf declares {declared} rows, {surplus} more stand behind them"},
	"field.name_cut":            {Noted, "字段名“{field}”末尾的汉字被截断，已去掉残缺部分。请核对字段对应关系。", "field name {field} ends in a cut character, which was dropped"},
	"field.name_undecodable":    {Noted, "字段名“{field}”含有按 {encoding} 无法识别的字节。请指定正确的编码。", "field name {field} is not valid {encoding}"},
	"field.name_empty":          {Noted, "有一个字段没有名称，暂称“{field}”。", "a field without a name is called {field}"},
	"field.name_twice":          {Noted, "有两个以上的字段同名“{field}”。请核对字段对应关系。", "more than one field is called {field}"},
	"field.type_unread":         {Noted, "字段“{field}”的类型 {type} 不能读取，按空值处理。如有需要请改为文本字段。", "field {field} has type {type}, which is not read"},
	"value.cut":                 {Noted, "字段“{field}”的值“{value}…”末尾的汉字被截断，已去掉残缺部分。", "{field}: the value ends in a cut character, which was dropped"},
	"value.undecodable":         {Noted, "字段“{field}”的值含有按 {encoding} 无法识别的字节。请核对编码。", "{field}: the value is not valid {encoding}"},
	"value.not_a_number":        {Noted, "数值字段“{field}”的值“{value}”不是数字，按文本保留。", "{field}: {value} is not a number, kept as text"},
	"value.not_a_date":          {Noted, "日期字段“{field}”的值“{value}”不是有效日期，按文本保留。", "{field}: {value} is not a date, kept as text"},
	"value.not_a_logical":       {Noted, "逻辑字段“{field}”的值“{value}”不是“是/否”，按文本保留。", "{field}: {value} is not a logical value, kept as text"},
	"value.limit":               {Refused, "字段“{field}”的值超过 {limit} 字节。请缩短后上传。", "{field}: the value exceeds {limit} bytes"},
	"value.nested":              {Noted, "字段“{field}”含有嵌套的 JSON 对象或数组，按 JSON 文本保留。", "{field} holds nested JSON, kept as JSON text"},
	"text.encoding_unknown":     {Refused, "不认识的编码名称“{encoding}”。可填 GBK、GB18030 或 UTF-8。", "unknown encoding {encoding}"},
	"text.cpg_unknown":          {Noted, ".cpg 文件的内容“{content}”不是认识的编码，已改用其他依据判断。", ".cpg says {content}, which is no known encoding"},
	"text.encoding_doubtful":    {Noted, "文件声明的编码是 {encoding}（依据 {how}），但全部中文文本都符合 UTF-8。若出现乱码，请指定编码 UTF-8 后重新上传。", "{encoding} by {how}, but every text is valid UTF-8"},
	"geometry.null":             {Refused, "这一行没有图形。请补充图形或删除该行。", "the row has no geometry"},
	"geometry.no_area":          {Refused, "这一行的图形没有面积（各环均退化）。请重新绘制。", "the geometry encloses no area"},
	"geometry.limit":            {Refused, "这一行的图形过于复杂（{parts} 个环、{vertices} 个顶点），超过上限。请拆分后上传。", "geometry of {parts} rings and {vertices} vertices exceeds the limits"},
	"geometry.height_missing":   {Noted, "图形声明带高程，但高程缺失或无效，按平面图形读取。", "heights are missing or invalid; read as plane geometry"},
	"geometry.measures_dropped": {Noted, "{rows} 行的图形带有测量值（M），未读取。", "measures of {rows} rows were dropped"},
	"geometry.mixed_dimensions": {Noted, "图形中有的顶点带高程、有的不带，按平面图形读取。", "some positions have heights and some not; read as plane geometry"},
	"geometry.collection":       {Repaired, "几何集合（GeometryCollection）中取出了 {polygons} 个面，舍去 {dropped} 个点、线。请核对。", "{polygons} polygons taken from a collection, {dropped} other parts dropped"},
	"ring.unclosed":             {Repaired, "有 {count} 个环首尾不闭合，已补上起点使其闭合。", "{count} rings were closed by repeating their first corner"},
	"ring.degenerate":           {Repaired, "有 {count} 个环少于 4 个点或面积为零（第一个在 {x}, {y}），已舍去。", "{count} rings with fewer than 4 corners or no area were dropped, first at {x}, {y}"},
	"ring.duplicate":            {Repaired, "有 {count} 个环与另一个环完全重复，已舍去。", "{count} rings repeat another ring and were dropped"},
	"ring.orientation":          {Noted, "有 {rows} 行的环方向与标准相反，已按包含关系判断外环与内环。", "rings of {rows} rows run the other way than the format says; containment decided"},
	"shape.damaged":             {Refused, "这一行的图形数据损坏：{reason}。请重新导出。", "shape record is damaged: {reason}"},
	"shape.not_finite":          {Refused, "第 {vertex} 个顶点的坐标不是有效数字。请重新绘制该图形。", "vertex {vertex} is not a finite number"},
	"shape.unsupported_type":    {Refused, "不支持的图形类型 {type}。请转换为面图层后上传。", "shape type {type} is not read"},
	"geojson.not_geojson":       {Refused, "JSON 文件不是 GeoJSON：{reason}。请重新导出为 GeoJSON。", "JSON but not GeoJSON: {reason}"},
	"geojson.syntax":            {Refused, "JSON 语法错误，在第 {offset} 字节处：{reason}。其后的内容无法读取，请重新导出。", "JSON syntax error at byte {offset}: {reason}"},
	"geojson.truncated":         {Refused, "JSON 文件不完整，在第 {offset} 字节处中断。请向提供单位索取完整文件。", "JSON ends unfinished at byte {offset}"},
	"geojson.bom":               {Noted, "文件以字节顺序标记（BOM）开头，已忽略。", "byte order mark ignored"},
	"geojson.type":              {Refused, "对象类型“{type}”不是 GeoJSON 的要素或几何类型（第 {offset} 字节）。请重新导出。", "type {type} at byte {offset} is no GeoJSON feature or geometry"},
	"geojson.nesting":           {Refused, "坐标数组的层次与几何类型 {type} 不符（第 {offset} 字节）。请重新导出。", "coordinates at byte {offset} are not nested as {type} asks"},
	"geojson.ordinate":          {Refused, "第 {offset} 字节处的坐标不是数字。请改正后上传。", "ordinate at byte {offset} is not a number"},
	"geojson.position_short":    {Refused, "第 {offset} 字节处的坐标少于两个数字。请改正后上传。", "position at byte {offset} has fewer than two ordinates"},
	"geojson.position_long":     {Noted, "{rows} 行的坐标多于三个数字，多余部分已忽略。", "positions of {rows} rows have more than three ordinates; the rest ignored"},
	"geojson.duplicate_key":     {Held, "“{field}”在同一对象中出现两次（第 {offset} 字节），取最后一个值。请核对。", "{field} stands twice in one object at byte {offset}; the last value is taken"},
	"geojson.crs_unread":        {Noted, "crs 成员“{content}”不能识别。请在上传时指定坐标系。", "crs member not understood: {content}"},
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
