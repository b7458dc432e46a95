package report

import "github.com/taohe-gis/taohe"

// ListedGround is a patch that enters no mine's account: of no mine, an
// abandoned pit of whoever, or ownerless.
type ListedGround struct {
	PatchNo        string          `json:"patch_no"`
	Kind           string          `json:"kind"`
	KindTitle      string          `json:"kind_title"`
	ImagedOn       taohe.Date      `json:"imaged_on"`
	CountyCode     string          `json:"county_code"`
	Township       string          `json:"township"`
	LicenceNo      string          `json:"licence_no" doc:"归入的矿山；空为不属于任何矿山"`
	AttributedBy   string          `json:"attributed_by"`
	Reason         string          `json:"reason"`
	Ownership      string          `json:"ownership" doc:"owned 有主、ownerless 无主，空为未登记"`
	OwnershipTitle string          `json:"ownership_title"`
	Restored       bool            `json:"restored" doc:"截止日已恢复"`
	Rule           string          `json:"rule" doc:"列入的规则；空为只列出"`
	ProblemType    string          `json:"problem_type"`
	Statement      string          `json:"statement"`
	Seen           Area            `json:"seen" doc:"较新影像仍可见的部分；已恢复的为整块"`
	Patch          Area            `json:"patch" doc:"图斑全部"`
	Vegetation     VegetationArea  `json:"vegetation"`
	Overlaps       []ListedOverlap `json:"overlaps" doc:"所涉保护区、水源地、林地、草原；可能互相重叠，不相加"`
	FileName       string          `json:"file_name"`
	FileSHA256     string          `json:"file_sha256"`
	Row            int             `json:"row"`
}

// A ListedOverlap is a piece of restricting ground under listed ground.
type ListedOverlap struct {
	Layer      string `json:"layer"`
	LayerTitle string `json:"layer_title"`
	Name       string `json:"name"`
	Class      string `json:"class"`
	ClassTitle string `json:"class_title"`
	Area
}

// A VegetationArea is the forest and grassland on some ground; null where the
// county has filed no such layer.
type VegetationArea struct {
	Forest            *Area `json:"forest" doc:"其中林地；未导入该图层时为 null"`
	Grassland         *Area `json:"grassland" doc:"其中草原；未导入该图层时为 null"`
	ForestOrGrassland *Area `json:"forest_or_grassland" doc:"其中林地或草原，重叠处只计一次"`
}

// NewVegetationArea rounds square metres for print.
func NewVegetationArea(forestM2, grasslandM2, eitherM2 *float64) VegetationArea {
	area := func(m2 *float64) *Area {
		if m2 == nil {
			return nil
		}
		a := NewArea(*m2)
		return &a
	}
	return VegetationArea{area(forestM2), area(grasslandM2), area(eitherM2)}
}

// A CountyFigure is what the listed ground of a county adds up to under a rule,
// ground of several patches once.
type CountyFigure struct {
	CountyCode     string         `json:"county_code"`
	Rule           string         `json:"rule"`
	Title          string         `json:"title"`
	ProblemType    string         `json:"problem_type"`
	Ownership      string         `json:"ownership" doc:"owned 有主、ownerless 无主、ownership_unknown 未登记"`
	OwnershipTitle string         `json:"ownership_title"`
	Restored       bool           `json:"restored" doc:"截止日已恢复"`
	Places         int            `json:"places" doc:"处数；相连的为一处"`
	Vegetation     VegetationArea `json:"vegetation"`
	Area
}

// Vegetation is what a mine takes of forest and grassland together: ground that
// both layers claim is in both figures and once in the total. The printed
// total is forest plus grassland less both.
type Vegetation struct {
	Total     Area   `json:"total" doc:"侵占林草合计，重复处只计一次"`
	Forest    Area   `json:"forest" doc:"其中林地"`
	Grassland Area   `json:"grassland" doc:"其中草原"`
	Both      Area   `json:"both" doc:"林地、草原图层同时认定的部分，两项中都有"`
	Statement string `json:"statement"`
}

// NewVegetation rounds the two figures and their common part for print.
func NewVegetation(forestM2, grasslandM2, bothM2 float64) *Vegetation {
	parts, total := Apportion([]float64{forestM2 - bothM2, bothM2, grasslandM2 - bothM2}, forestM2+grasslandM2-bothM2)
	sum := func(a, b Area) Area {
		return Area{round2(a.EllipsoidalAreaM2 + b.EllipsoidalAreaM2), round2(a.Mu + b.Mu)}
	}
	v := &Vegetation{Total: total, Forest: sum(parts[0], parts[1]), Grassland: sum(parts[2], parts[1]), Both: parts[1]}
	v.Statement = "疑似侵占林草合计 " + fixed2(total.Mu) + " 亩：林地 " + fixed2(v.Forest.Mu) + " 亩，草原 " + fixed2(v.Grassland.Mu) + " 亩"
	if v.Both.EllipsoidalAreaM2 > 0 {
		v.Statement += "，其中 " + fixed2(v.Both.Mu) + " 亩林地、草原图层均认定，合计只计一次"
	}
	v.Statement += "。"
	return v
}
