package pages

import (
	"maps"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
)

// fieldTypes are the words of the bureau for what a column holds.
var fieldTypes = map[ingest.FieldType]string{
	ingest.TypeText: "文字", ingest.TypeDate: "日期", ingest.TypeNumber: "数字", ingest.TypeArea: "面积",
	ingest.TypeLicenceNo: "许可证号", ingest.TypeLicenceRef: "许可证号", ingest.TypeCode: "代码",
	ingest.TypeAreaKM2: "面积(平方公里)", ingest.TypeWord: "词表",
}

// Layers is the page of the layers, for those who prepare files: each field,
// the column names it is known by, and the codes.
func Layers(c *ingest.Catalogue) string {
	var b strings.Builder
	b.WriteString("# 图层与字段 · Layers and fields\n\n" + made("`ingest/catalogue.yaml`") + `
列名不分大小写、全角半角，空格、下划线和括号不计。其余的列原样保留，不参与计算。
没有对应列时，用 ` + "`--map 字段=列名`" + ` 指定列，用 ` + "`--set 字段=固定值`" + ` 给全部行同一个值。导入前先用 ` + "`taohe inspect`" + ` 看各列对应到哪个字段；
同一字段有几列可以对应时会说明（` + "`field.column_ambiguous`" + `）。指定过的对应关系随验收的数据保存，下次同样列的文件沿用并说明。

面积按数值或列名中写的单位（公顷、亩、万亩、平方米、平方公里）换算，面积列名后可以带单位（面积公顷、AREA_HA）；标准规定了单位的列：` + columnUnits(c) + `；
其余按图形面积判断并说明。日期可写作 2022-04-23、2022/4/23、2022.4.23、20220423、2022年4月23日，也认电子表格的日期序号（44674，
只认 18264 至 73415，即 1950 至 2100 年，并逐行说明）；注明其他时区的时间换算为北京时间。

Column names are compared without regard to case, width, spaces, underscores and brackets. Other columns are kept as they are.
Dates: the forms above, and spreadsheet serials (18264 to 73415 only, noted row by row); instants of another zone are
taken as the day in China. A declared area is converted from the unit that its value or column names, or that a standard
gives the column; else the geometry tells, and the import says so.
`)
	for _, l := range taohe.Layers() {
		b.WriteString("\n## " + l.Title() + " `" + string(l) + "`\n\n" + table("字段 field", "名称", "类型", "必填", "可识别的列名"))
		for _, f := range c.Layers[l].Fields {
			required, kind := "", fieldTypes[f.Type]
			if f.Required {
				required = "是"
			}
			if f.Type == ingest.TypeCode || f.Type == ingest.TypeWord {
				kind = "[" + kind + "](#" + f.Codes + ")"
			}
			b.WriteString(row("`"+f.Name+"`", f.Title, kind, required, strings.Join(f.Synonyms, "、")))
		}
		b.WriteString(layerRemarks(c.Layers[l]))
	}
	b.WriteString("\n# 代码表 · Codes\n")
	for _, list := range slices.Sorted(maps.Keys(c.Codes)) {
		b.WriteString("\n## " + list + "\n\n" + table("代码 code", "可识别的写法"))
		for _, code := range slices.Sorted(maps.Keys(c.Codes[list])) {
			b.WriteString(row("`"+code+"`", strings.Join(c.Codes[list][code], "、")))
		}
	}
	b.WriteString("\n# 词表 · Words\n\n左栏是报告中的写法；不在表内的词按原样保留并说明。\n")
	for _, list := range slices.Sorted(maps.Keys(c.Words)) {
		b.WriteString("\n## " + list + "\n\n" + table("写法 word", "其他写法"))
		for _, word := range slices.Sorted(maps.Keys(c.Words[list])) {
			b.WriteString(row(word, strings.Join(c.Words[list][word], "、")))
		}
	}
	return b.String()
}

// layerRemarks are what is said of a layer as a whole.
func layerRemarks(spec ingest.LayerSpec) string {
	var b strings.Builder
	for _, combined := range spec.Combined {
		b.WriteString("\n一列写几个字段的（" + strings.Join(combined.Synonyms, " ") + "）分别读入 " + codes(combined.Fields) +
			"，例如 露天+煤矿、露天/煤、露天 煤矿、井工开采煤、煤矿（露天）。\n")
	}
	if spec.NoOverlap != nil {
		rank := ""
		if spec.NoOverlap.Ranks {
			rank = "（位数相同的才比较）"
		}
		b.WriteString("\n" + codes([]string{spec.NoOverlap.Number}) + " 不同的两行" + rank + "重叠超过 1 平方米时逐对说明（`row.overlap`）。\n")
	}
	return b.String()
}

// columnUnits are the columns whose unit a standard says.
func columnUnits(c *ingest.Catalogue) string {
	var all []string
	for _, column := range slices.Sorted(maps.Keys(c.ColumnUnits)) {
		all = append(all, column+" "+c.ColumnUnits[column])
	}
	return strings.Join(all, "、")
}
