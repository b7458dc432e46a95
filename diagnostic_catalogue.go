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

	"area.declared_differs":           {Noted, "申报面积 {declared_m2} 平方米，与图形椭球面积 {measured_m2} 平方米相差 {percent}%。以图形计算面积为准，请核对批准文件。", "declared area {declared_m2} m² against {measured_m2} m² measured ({percent} %)"},
	"area.unit_by_geometry":           {Noted, "“{field}”没有写单位，数值 {value} 按图形面积判断为{unit}。如有误请在列名中写明单位后重新上传。", "unit of {field} = {value} told from the geometry: {unit}"},
	"crs.all_outside_county":          {Refused, "按“{crs}”读取，全部图形都在{county}范围（外扩 20 公里）之外，坐标系或带号可能有误。可能的坐标系：{candidates}。", "read as {crs} all shapes lie outside the county; candidates: {candidates}"},
	"crs.datum_refused":               {Refused, "文件采用{crs}，与 2000 国家大地坐标系相差数十米，不能直接使用。请向测绘主管部门申请转换后再上传。", "datum {datum} of {crs} is not CGCS2000 and is refused without transformation parameters"},
	"crs.missing":                     {Refused, "文件没有坐标系说明（缺少 .prj）。请补充 .prj，或上传时用 crs 指明。可能的坐标系：{candidates}。", "no reference system; candidates: {candidates}"},
	"crs.not_understood":              {Refused, "无法识别坐标系：{reason}。请上传时用 crs 指明。可能的坐标系：{candidates}。", "reference system not understood: {reason}; candidates: {candidates}"},
	"crs.taken_as_cgcs2000":           {Noted, "文件采用{crs}，按 2000 国家大地坐标系使用（两者相差小于 1 米）。", "{crs} taken as CGCS2000"},
	"crs.user_over_file":              {Noted, "文件注明坐标系为{file}，按上传者指定的{user}读取。", "file says {file}, uploader says {user}; read as the latter"},
	"field.column_not_found":          {Refused, "指定给“{wanted}”的列“{field}”不存在。文件中的列：{columns}。", "no column {field} for {wanted}; columns: {columns}"},
	"field.missing":                   {Refused, "{layer}图层必须有“{title}”，文件中没有对应的列。请用 map 指定列，或用 set 给出固定值。文件中的列：{columns}。", "no column for required field {field}; columns: {columns}"},
	"file.all_rows_refused":           {Refused, "全部 {rows} 行都不能使用，原因见各行说明。请改正后重新上传。", "all {rows} rows refused"},
	"file.empty":                      {Refused, "文件中没有任何图形。如确实没有，请上传时声明 allow_empty（允许空图层）。", "no rows"},
	"footprint.missing_dates":         {Refused, "以下影像日期没有说明解译范围：{dates}。请为每个日期提供 footprint。", "no footprint for image dates {dates}"},
	"geometry.bad_coordinate":         {Refused, "坐标无法使用：{reason}。请检查原始坐标。", "unusable coordinate: {reason}"},
	"geometry.no_area":                {Refused, "图形修复后没有面积，未采用。", "no area left after repair"},
	"geometry.not_polygon":            {Refused, "图形类型为 {type}，不是面，未采用。", "{type} is not a polygon"},
	"geometry.null":                   {Refused, "该行没有图形，未采用。", "row without geometry"},
	"geometry.outside_county":         {Refused, "图形位于经度 {lon}、纬度 {lat}，不在{county}范围（外扩 20 公里）内，未采用。请检查坐标系和带号。", "shape at {lon} {lat} outside the county"},
	"geometry.repaired":               {Repaired, "图形有误（{reason}），已按“结构法”修复：修复前 {raw_m2} 平方米，修复后 {repaired_m2} 平方米。", "invalid ({reason}), repaired by structure: {raw_m2} m² before, {repaired_m2} m² after"},
	"geometry.repaired_held":          {Held, "图形有误（{reason}），修复使面积由 {raw_m2} 变为 {repaired_m2} 平方米，变化过大，暂不计入。请核对图形；验收数据时须决定采用或不采用。", "invalid ({reason}), repair changes {raw_m2} m² to {repaired_m2} m²; held for a person"},
	"licence.conflicting_rows":        {Refused, "许可证号 {licence_no} 出现多次且内容不一致，全部未采用。请核对后只保留正确的记录。", "rows of licence {licence_no} conflict"},
	"licence.rows_merged":             {Noted, "许可证号 {licence_no} 有 {rows} 行、内容一致，按同一矿业权合并。", "{rows} equal rows of licence {licence_no} taken as one"},
	"value.area_unit_unknown":         {Noted, "“{title}”的值“{value}”无法判断单位，未采用。请在列名或数值中写明公顷、亩或平方米。", "{title}: unit of {value} unknown"},
	"value.dates_reversed":            {Refused, "起始日期 {from} 晚于截止日期 {to}，该行未采用。请更正日期。", "start {from} after end {to}"},
	"value.elevations_reversed":       {Refused, "上标高 {top} 低于下标高 {bottom}，该行未采用。请更正标高。", "top {top} below bottom {bottom}"},
	"value.missing":                   {Refused, "“{title}”为空，该行未采用。请补充后重新上传。", "{title} is empty"},
	"value.not_a_date":                {Noted, "“{title}”的值“{value}”不是日期，按空处理。", "{title}: {value} is not a date"},
	"value.not_a_date_required":       {Refused, "“{title}”的值“{value}”不是日期，该行未采用。日期可写作 2022-04-23。", "{title}: {value} is not a date"},
	"value.not_a_licence_no_required": {Refused, "“{value}”不是采矿许可证号（C 或 T 加 22 位数字），该行未采用。", "{value} is not a licence number"},
	"value.not_a_number":              {Noted, "“{title}”的值“{value}”不是数字，按空处理。", "{title}: {value} is not a number"},
	"value.odd_licence_no":            {Noted, "“{value}”不是采矿许可证号（C 或 T 加 22 位数字），按原样保留。请核对。", "{value} has not the form of a licence number"},
	"value.unknown_code":              {Noted, "“{title}”的值“{value}”不在代码表内，按空处理。", "{title}: {value} is not in its code list"},
	"value.unknown_code_required":     {Refused, "“{title}”的值“{value}”不在代码表内，该行未采用。请改为代码表中的写法。", "{title}: {value} is not in its code list"},
	"approval.attributed_by_overlap":  {Noted, "批准 {approval_no} 未写明许可证号和单位，按位置归入 {licence_no}。请补充。", "approval {approval_no} attributed by overlap to {licence_no}"},
	"approval.of_no_mine":             {Noted, "批准 {approval_no}（{enterprise} {licence_no}）找不到对应的矿山，不计入任何矿山。请核对许可证号和单位名称。", "approval {approval_no} belongs to no mine"},
	"patch.unknown_licence":           {Noted, "图斑 {patch_no} 写明的许可证号 {licence_no} 不在采矿权图层内，列为无主图斑。请核对。", "patch {patch_no} names unknown licence {licence_no}"},
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
