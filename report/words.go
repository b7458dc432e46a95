package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/taohe-gis/taohe"
)

// SurfaceStatement says on every document what an area is.
const SurfaceStatement = "面积为 CGCS2000 椭球面积（图斑椭球面积），1 亩 = 2000/3 平方米；WGS 84 等与 CGCS2000 视为一致。"

// words are the Chinese of the codes that documents print.
var words = map[string]string{
	"approved": "批准范围内", "expired": "批准已到期", "over_occupied": "批小占大", "displaced": "批东占西",
	"unapproved": "未批先占", "unapproved_construction": "违法违规建设",

	"pit": "采场", "waste_dump": "排土场", "gangue_dump": "排矸场", "construction": "建设", "road": "道路",
	"abandoned_pit": "尾矿坑", "other": "其他",

	"temporary_land": "临时用地", "construction_land": "建设用地", "forest_use": "使用林地",
	"grassland_use": "使用草原", "dump_site": "排土场（排矸场）",

	"not_begun": "未起算", "in_term": "在期", "reclamation_term": "复垦期内", "reclamation_overdue": "到期未复垦",
	"return_overdue": "到期未还地", "closed": "已还地",

	"named": "图斑写明许可证号", "overlap": "与矿业权重叠最多", "distance": "邻近矿业权（待确认）",
	"unknown_licence": "写明的许可证号查无此证", "none": "附近没有矿业权",

	"open_pit": "露天", "underground": "井工", "open_pit_and_underground": "露天/井工",

	"inside_sister_licence": "位于同一企业其他矿业权内", "inside_neighbour_licence": "位于其他企业矿业权内",
	"nature_reserve": "自然保护区", "national_park": "国家公园", "forest_park": "森林公园", "geopark": "地质公园",
	"wetland_park": "湿地公园", "desert_park": "沙漠公园", "grassland_park": "草原公园", "scenic_area": "风景名胜区",
	"core": "核心区", "buffer": "缓冲区", "experimental": "实验区", "general_control": "一般控制区",
	"grade_1": "一级保护区", "grade_2": "二级保护区", "grade_quasi": "准保护区",
	"source:forestry": "林草部门数据", "source:land_survey": "国土调查数据", "unclassed": "未分类",
}

// landCodes are the classes of GB/T 21010 that forest and grassland are broken
// down by.
var landCodes = map[string]string{
	"0301": "乔木林地", "0302": "竹林地", "0303": "红树林地", "0304": "森林沼泽", "0305": "灌木林地", "0306": "灌丛沼泽", "0307": "其他林地",
	"0401": "天然牧草地", "0402": "沼泽草地", "0403": "人工牧草地", "0404": "其他草地",
}

// Word is the Chinese of a code; the code itself when there is none.
func Word(code string) string {
	if w, ok := words[code]; ok {
		return w
	}
	if w, ok := landCodes[code]; ok {
		return w
	}
	if family, zone, ok := strings.Cut(code, "/"); ok {
		return Word(family) + Word(zone)
	}
	return code
}

// MethodAndMineral is 开采方式、矿种 as the ledger wants it: 露天+煤矿.
func MethodAndMineral(method, mineral string) string {
	mineral = strings.TrimSpace(mineral)
	if mineral == "煤" {
		mineral = "煤矿"
	}
	switch {
	case method == "":
		return mineral
	case mineral == "":
		return Word(method)
	}
	return Word(method) + "+" + mineral
}

// Statement is 排查发现问题 in words: what is suspected, how much, and for mining
// out of bounds the ratio to the licence. Areas are unrounded square metres;
// licenceM2 is 0 where the ratio says nothing.
func Statement(title string, m2, licenceM2 float64) string {
	s := fmt.Sprintf("疑似%s %s 亩", title, fixed2(NewArea(m2).Mu))
	if licenceM2 > 0 {
		s += "，" + RatioStatement(m2, licenceM2)
	}
	return s + "。"
}

// RatioStatement is the ratio of the ground out of bounds to the licence, as
// inspectors quote it: 超矿业权面积 26.4 倍.
func RatioStatement(outsideM2, licenceM2 float64) string {
	if ratio := outsideM2 / licenceM2; ratio >= 1 {
		return "超矿业权面积" + strconv.FormatFloat(ratio, 'f', 1, 64) + "倍"
	}
	return "相当于矿业权面积的" + strconv.FormatFloat(100*outsideM2/licenceM2, 'f', 1, 64) + "%"
}

func fixed2(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// MissingStatement says why a rule was not asked, and what to do.
func MissingStatement(layers []string) string {
	titles := make([]string, len(layers))
	for i, l := range layers {
		titles[i] = taohe.Layer(l).Title()
	}
	return "缺少图层：" + strings.Join(titles, "、") + "。未核查不等于没有问题，请导入并验收后重新套合。"
}
