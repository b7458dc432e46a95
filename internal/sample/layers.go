package sample

import (
	"fmt"

	"github.com/taohe-gis/taohe/internal/shpwrite"
)

// miningRights is the mining rights as a provincial office hands them over:
// Chinese columns, GBK said only by the table's language byte, zone 37 with
// prefix for the whole county, west of 109°30′ too.
func (c *County) miningRights() (File, error) {
	s := shapefile{plane: zone37, layer: shpwrite.Layer{
		Name: "采矿权", Encoding: shpwrite.GBK, GBKEntryName: true,
		Fields: []shpwrite.Field{
			text("许可证号", 25), text("采矿权人", 80), text("矿山名称", 60), text("开采方式", 10), text("开采矿种", 20),
			number("矿区面积", 12, 4), date("有效期起"), date("有效期止"), date("延续受理"), number("上标高", 8, 1), number("下标高", 8, 1),
			text("苏木镇", 30), text("发证机关", 40), text("项目类型", 10),
		},
	}}
	for _, m := range c.Mines {
		km2 := rounded(m.Plane().AreaM2()/1e6, 4)
		for _, row := range m.Planes {
			s.row(row, m.LicenceNo, m.Enterprise, m.Name, m.Method, m.Mineral, km2, m.ValidFrom, m.ValidTo, m.RenewalAccepted,
				float64(m.TopM), float64(m.BottomM), m.Township, "示例自治区自然资源厅", "延续")
		}
	}
	return s.file("mining_right.zip")
}

// landApprovals is the bureau's own list: pinyin columns, dates half as dates
// and half as typed text, hectares, zone 36 without prefix.
func (c *County) landApprovals() (File, error) {
	s := shapefile{plane: cm108, layer: shpwrite.Layer{
		Name: "批准用地", Encoding: shpwrite.GBK, WriteCPG: true, GBKEntryName: true,
		Fields: []shpwrite.Field{
			text("PZWH", 40), text("YDDW", 80), text("XKZH", 25), text("批准类型", 20), date("PZRQ"), text("QSRQ", 12), text("JZRQ", 12),
			number("PZMJ", 12, 4), date("FKQX"), date("FKYSRQ"), text("HDRQ", 12), text("YT", 40), number("PZBG", 8, 1), text("JBR", 20), text("BZ", 60),
		},
	}}
	for _, a := range c.Approvals {
		s.row(a.Ground, a.No, orNull(a.Enterprise), orNull(a.LicenceNo), a.Kind, a.ApprovedOn, slashed(a.From), slashed(a.To),
			rounded(a.Ground.AreaM2()/1e4, 4), a.ReclaimBy, a.Reclaimed, slashed(a.Returned), a.Purpose, orBlank(a.MaxM), "经办人甲", nil)
	}
	return s.file("land_approval.zip")
}

// disturbances is what an interpreter of images delivers: both dates in one
// file, zone 37 without prefix.
func (c *County) disturbances() (File, error) { return c.disturbanceFile("disturbance.zip", c.Patches) }

func (c *County) disturbanceFile(name string, patches []*Patch) (File, error) {
	s := shapefile{plane: cm111, layer: shpwrite.Layer{
		Name: "影像图斑", Encoding: shpwrite.GBK, GBKEntryName: true,
		Fields: []shpwrite.Field{
			text("图斑编号", 20), date("影像日期"), text("图斑类型", 10), text("许可证号", 25), text("恢复日期", 12), text("权属", 10),
			text("解译单位", 40), number("图斑面积", 14, 2), number("最高标高", 8, 1), number("最低标高", 8, 1), number("位置误差", 6, 1),
		},
	}}
	for _, p := range patches {
		s.row(p.Ground, p.No, p.ImagedOn, p.Kind, orNull(p.LicenceNo), slashed(p.Restored), orNull(p.Ownership),
			"示例遥感中心", rounded(p.Ground.AreaM2(), 2), orBlank(p.TopM), orBlank(p.BottomM), orBlank(p.ErrorM))
	}
	return s.file(name)
}

// protectedAreas is the list of reserves and parks, zone 36 with prefix.
func (c *County) protectedAreas() (File, error) {
	s := shapefile{plane: zone36, layer: shpwrite.Layer{
		Name: "保护区", Encoding: shpwrite.GBK, GBKEntryName: true,
		Fields: []shpwrite.Field{text("名称", 60), text("类别", 20), text("功能区", 20), text("级别", 20), text("主管部门", 40)},
	}}
	for _, z := range c.Protected {
		s.row(z.Ground, z.Name, z.Category, z.Zone, z.Level, "示例旗林业和草原局")
	}
	return s.file("protected_area.zip")
}

// forests is the forestry office's layer: UTF-8 with a .cpg, zone 37.
func (c *County) forests() (File, error) {
	s := shapefile{plane: zone37, layer: shpwrite.Layer{
		Name: "ldyzt", Encoding: shpwrite.UTF8, WriteCPG: true,
		Fields: []shpwrite.Field{text("DLBM", 10), text("DLMC", 40), text("LIN_BAN", 8), text("XIAO_BAN", 8), number("MIAN_JI", 12, 4)},
	}}
	for i, z := range c.Forest {
		s.row(z.Ground, z.Code, landName[z.Code], fmt.Sprintf("%04d", i/3+1), fmt.Sprintf("%05d", i+1), rounded(z.Ground.AreaM2()/1e4, 4))
	}
	return s.file("forest.zip")
}

// landName is the class of a land code in the third national land survey.
var landName = map[string]string{
	"0301": "乔木林地", "0305": "灌木林地", "0307": "其他林地",
	"0401": "天然牧草地", "0403": "人工牧草地", "0404": "其他草地",
}
