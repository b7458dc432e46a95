package report

import "github.com/taohe-gis/taohe"

// A Check is what all layers say of a drawn ground, as of a day (合规性审查).
type Check struct {
	AsOf     taohe.Date `json:"as_of" format:"date" doc:"截止日"`
	Surface  string     `json:"surface" doc:"面积所依据的面"`
	Ground   Area       `json:"ground" doc:"所查地块"`
	Counties []string   `json:"counties" doc:"登记范围与地块相交的旗区"`
	// Layers are all of them; one that met nothing has no rows.
	Layers []CheckedLayer `json:"layers"`
}

// A CheckedLayer is what one source of a layer says of a ground.
type CheckedLayer struct {
	Layer     string       `json:"layer"`
	Title     string       `json:"title"`
	Source    string       `json:"source" doc:"林地、草原的来源 forestry 或 land_survey，两者的 inside 并列、不相加；其余为 default；没有涉及时为空"`
	Inside    Area         `json:"inside" doc:"涉及面积；层内重叠处只计一次"`
	Decides   Area         `json:"decides" doc:"其中以本来源为准的面积：林地、草原在林草数据覆盖处以林草为准，其余以国土调查为准，两个来源相加即该层的涉及面积；其他图层与 inside 相同"`
	MissingIn []string     `json:"missing_in" doc:"截止日没有这个图层的旗区：未核查，不等于没有涉及"`
	RowCount  int          `json:"row_count" doc:"涉及的行数"`
	Rows      []CheckedRow `json:"rows" doc:"涉及的行，面积大的在前，至多 500 行"`
}

// A CheckedRow is a row of a layer that a ground meets.
type CheckedRow struct {
	DatasetID  int64       `json:"dataset_id"`
	RowNo      int         `json:"row_no"`
	CountyCode string      `json:"county_code"`
	Vintage    taohe.Date  `json:"vintage" format:"date"`
	Name       string      `json:"name" doc:"矿山名称、批准文号、保护区或水源地名称、图斑编号、行政区名称；林地、草原为地类代码"`
	Class      string      `json:"class" doc:"开采方式、批准类型、类别、地类、图斑类型或行政区代码"`
	ClassTitle string      `json:"class_title"`
	LicenceNo  string      `json:"licence_no"`
	Enterprise string      `json:"enterprise"`
	ValidFrom  *taohe.Date `json:"valid_from" format:"date"`
	ValidTo    *taohe.Date `json:"valid_to" format:"date"`
	ImagedOn   *taohe.Date `json:"imaged_on" format:"date"`
	InForce    *bool       `json:"in_force" doc:"采矿权、批准在截止日是否有效；其他图层为 null"`
	Inside     Area        `json:"inside" doc:"地块在这一行内的面积"`
}
