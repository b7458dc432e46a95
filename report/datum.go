package report

import "strings"

// A DatumShift is what brought a dataset onto CGCS2000: the parameters as its
// sender gave them.
type DatumShift struct {
	Method      string  `json:"method" doc:"position_vector、coordinate_frame、plane_similarity 或 gcj02"`
	MethodTitle string  `json:"method_title"`
	TxM         float64 `json:"tx_m,omitempty" doc:"米"`
	TyM         float64 `json:"ty_m,omitempty"`
	TzM         float64 `json:"tz_m,omitempty"`
	RxSec       float64 `json:"rx_sec,omitempty" doc:"角秒"`
	RySec       float64 `json:"ry_sec,omitempty"`
	RzSec       float64 `json:"rz_sec,omitempty"`
	ScalePPM    float64 `json:"scale_ppm,omitempty" doc:"百万分之一"`
	DxNorthM    float64 `json:"dx_north_m,omitempty" doc:"四参数：北方向平移，米"`
	DyEastM     float64 `json:"dy_east_m,omitempty" doc:"四参数：东方向平移，米"`
	RotationSec float64 `json:"rotation_sec,omitempty" doc:"四参数：旋转，角秒"`
	TargetEPSG  int     `json:"target_epsg,omitempty" doc:"四参数：目标平面坐标系"`
	Source      string  `json:"source,omitempty" doc:"参数来源"`
}

// ApproximateWords stand in every statement that rests on offset coordinates.
const ApproximateWords = "（由偏移坐标还原，近似）"

// Approximately marks a statement as resting on offset coordinates.
func Approximately(statement string) string {
	return strings.TrimSuffix(statement, "。") + ApproximateWords + "。"
}
