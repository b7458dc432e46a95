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
}

// Layers is the page of the layers, for those who prepare files: each field,
// the column names it is known by, and the codes.
func Layers(c *ingest.Catalogue) string {
	var b strings.Builder
	b.WriteString("# 图层与字段 · Layers and fields\n\n" + made("`ingest/catalogue.yaml`") + `
列名不分大小写、全角半角，空格、下划线和括号不计。其余的列原样保留，不参与计算。
没有对应列时，用 ` + "`--map 字段=列名`" + ` 指定列，用 ` + "`--set 字段=固定值`" + ` 给全部行同一个值。面积按列名或数值中写的单位（公顷、亩、平方米、平方公里）换算，
没有写单位的按图形面积判断并说明。日期可写作 2022-04-23、2022/4/23、2022.4.23、20220423、2022年4月23日。

Column names are compared without regard to case, width, spaces, underscores and brackets. Other columns are kept as they are.
`)
	for _, l := range taohe.Layers() {
		b.WriteString("\n## " + l.Title() + " `" + string(l) + "`\n\n" + table("字段 field", "名称", "类型", "必填", "可识别的列名"))
		for _, f := range c.Layers[l].Fields {
			required, kind := "", fieldTypes[f.Type]
			if f.Required {
				required = "是"
			}
			if f.Type == ingest.TypeCode {
				kind = "[代码](#" + f.Codes + ")"
			}
			b.WriteString(row("`"+f.Name+"`", f.Title, kind, required, strings.Join(f.Synonyms, "、")))
		}
	}
	b.WriteString("\n# 代码表 · Codes\n")
	for _, list := range slices.Sorted(maps.Keys(c.Codes)) {
		b.WriteString("\n## " + list + "\n\n" + table("代码 code", "可识别的写法"))
		for _, code := range slices.Sorted(maps.Keys(c.Codes[list])) {
			b.WriteString(row("`"+code+"`", strings.Join(c.Codes[list][code], "、")))
		}
	}
	return b.String()
}
