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
	"unapproved": "未批先占", "unapproved_construction": "违法违规建设", "within_tolerance": "容差以内",

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
	"common:forest_encroached": "林地图层同时认定的部分", "common:grassland_encroached": "草原图层同时认定的部分",
	"owned": "有主", "ownerless": "无主", "ownership_unknown": "权属未登记",
	"beside:restored": "另有：已恢复的（不在本项面积内）", "beside:ownerless": "另有：登记为无主的（不在本项面积内）",
	"forest": "破坏林地", "grassland": "破坏草原", "forest_or_grassland": "破坏林草地（重叠处只计一次）",

	"certain": "确定", "boundary_dependent": "取决于边界误差", "unknown": "未知",

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

// A Saying is what 排查发现问题 says of a finding. Areas are square metres, not
// rounded; what is zero or nil says nothing.
type Saying struct {
	Title string
	M2    float64
	// LicenceM2 asks for the ratio to the licence.
	LicenceM2                float64
	Places                   *int
	MetresAbove, MetresBelow *float64
	// Inside are the other licences that part of it lies in.
	Inside []InsideLicence
	Lead   string
}

// An InsideLicence is another licence with the part of a finding inside it.
type InsideLicence struct {
	Name string
	M2   float64
}

// String is the statement: what is suspected, how much, and what an inspector
// quotes with it.
func (s Saying) String() string {
	out := "疑似" + s.Title
	if s.Places != nil {
		out += fmt.Sprintf(" %d 处，", *s.Places)
	}
	out += " " + fixed2(NewArea(s.M2).Mu) + " 亩"
	out = strings.ReplaceAll(out, "， ", "，")
	if s.LicenceM2 > 0 {
		out += "，" + RatioStatement(s.M2, s.LicenceM2)
	}
	for _, i := range s.Inside {
		out += "，其中 " + fixed2(NewArea(i.M2).Mu) + " 亩位于" + i.Name
	}
	if s.MetresAbove != nil {
		out += "，最高超出 " + metres(*s.MetresAbove) + " 米"
	}
	if s.MetresBelow != nil {
		out += "，最低低于下限 " + metres(*s.MetresBelow) + " 米"
	}
	if s.Lead != "" {
		out += "，" + s.Lead
	}
	return out + "。"
}

func metres(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// RatioStatement is the ratio of the ground out of bounds to the licence, as
// inspectors quote it: 超矿业权面积 26.4 倍.
func RatioStatement(outsideM2, licenceM2 float64) string {
	if ratio := outsideM2 / licenceM2; ratio >= 1 {
		return "超矿业权面积" + strconv.FormatFloat(ratio, 'f', 1, 64) + "倍"
	}
	return "相当于矿业权面积的" + strconv.FormatFloat(100*outsideM2/licenceM2, 'f', 1, 64) + "%"
}

func fixed2(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// UnstatedElevations says why a rule about elevations could not be asked.
func UnstatedElevations(what string) string {
	return what + "未写明标高，无法核查。未核查不等于没有问题，请补充标高后重新导入。"
}

// MissingStatement says why a rule was not asked, and what to do.
func MissingStatement(layers []string) string {
	titles := make([]string, len(layers))
	for i, l := range layers {
		titles[i] = taohe.Layer(l).Title()
	}
	return "缺少图层：" + strings.Join(titles, "、") + "。未核查不等于没有问题，请导入并验收后重新套合。"
}
