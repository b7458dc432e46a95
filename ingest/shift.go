package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/taohe-gis/taohe/geo"
)

// The methods of a shift.
const (
	// MethodPositionVector and MethodCoordinateFrame are the two conventions of
	// a seven-parameter transformation.
	MethodPositionVector  = "position_vector"
	MethodCoordinateFrame = "coordinate_frame"
	// MethodPlane is a four-parameter transformation between two planes.
	MethodPlane = "plane_similarity"
	// MethodGCJ02 removes the offset of internet maps, approximately.
	MethodGCJ02 = "gcj02"
)

// A Shift is what brings coordinates onto CGCS2000, as the person who uploads
// states it: the parameters, where they are from, and how good they are. It is
// kept with the dataset and printed on every report that uses it.
type Shift struct {
	Method string `json:"method"`
	// Seven parameters: metres, seconds of arc, parts per million.
	TxM      float64 `json:"tx_m,omitempty"`
	TyM      float64 `json:"ty_m,omitempty"`
	TzM      float64 `json:"tz_m,omitempty"`
	RxSec    float64 `json:"rx_sec,omitempty"`
	RySec    float64 `json:"ry_sec,omitempty"`
	RzSec    float64 `json:"rz_sec,omitempty"`
	ScalePPM float64 `json:"scale_ppm,omitempty"`
	// Four parameters: metres north and east, seconds of arc, and the plane on
	// CGCS2000 they lead to.
	DxNorthM    float64 `json:"dx_north_m,omitempty"`
	DyEastM     float64 `json:"dy_east_m,omitempty"`
	RotationSec float64 `json:"rotation_sec,omitempty"`
	TargetEPSG  int     `json:"target_epsg,omitempty"`
	// Source says who gave the parameters; AccuracyM what accuracy they state.
	// Both are required, save for gcj02.
	Source    string  `json:"source,omitempty"`
	AccuracyM float64 `json:"accuracy_m,omitempty"`
}

// ParseShift reads a shift as JSON, strictly.
func ParseShift(text []byte) (*Shift, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var s Shift
	if err := dec.Decode(&s); err != nil {
		return nil, fmt.Errorf("转换参数不是有效的 JSON：%w", err)
	}
	if _, err := s.geo(); err != nil {
		return nil, err
	}
	return &s, nil
}

// geo is the shift as geo carries it out; an error says what is missing.
func (s *Shift) geo() (geo.Shift, error) {
	if s.Method != MethodGCJ02 {
		if strings.TrimSpace(s.Source) == "" {
			return nil, fmt.Errorf("转换参数须注明来源（source）")
		}
		if !(s.AccuracyM > 0 && s.AccuracyM < 100) {
			return nil, fmt.Errorf("转换参数须注明精度（accuracy_m，米，大于 0 小于 100）")
		}
	}
	switch s.Method {
	case MethodPositionVector, MethodCoordinateFrame:
		return geo.Helmert{
			TxM: s.TxM, TyM: s.TyM, TzM: s.TzM, RxSec: s.RxSec, RySec: s.RySec, RzSec: s.RzSec,
			ScalePPM: s.ScalePPM, Rotation: geo.Rotation(s.Method),
		}, nil
	case MethodPlane:
		target, err := geo.FromEPSG(s.TargetEPSG)
		if err != nil {
			return nil, fmt.Errorf("四参数须注明目标坐标系（target_epsg）：%w", err)
		}
		return geo.PlaneSimilarity{DXM: s.DxNorthM, DYM: s.DyEastM, RotationSec: s.RotationSec, ScalePPM: s.ScalePPM, Target: target}, nil
	case MethodGCJ02:
		return geo.GCJ02{}, nil
	}
	return nil, fmt.Errorf("转换方法应为 %s、%s、%s 或 %s", MethodPositionVector, MethodCoordinateFrame, MethodPlane, MethodGCJ02)
}

// Title is the method in the words of surveyors.
func (s *Shift) Title() string {
	switch s.Method {
	case MethodPositionVector:
		return "七参数（位置矢量法）"
	case MethodCoordinateFrame:
		return "七参数（坐标框架旋转法，布尔沙模型）"
	case MethodPlane:
		return "平面四参数"
	case MethodGCJ02:
		return "GCJ-02 偏移还原（近似）"
	}
	return s.Method
}
