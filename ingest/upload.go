package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/record"
)

// The modes of an upload.
const (
	ModeReplace = "replace"
	ModeAdd     = "add"
	ModeUpdate  = "update"
)

// A Footprint is the ground that was interpreted on an image date.
type Footprint struct {
	// ImagedOn is the date; zero stands for every date of the file.
	ImagedOn taohe.Date
	// Ground is in EPSG:4490; nil is all ground of the county's mines.
	Ground *geom.MultiPolygon
}

// An Upload is a file and what its sender says of it.
type Upload struct {
	Layer   string
	County  string // six-digit code of a registered county
	Vintage taohe.Date
	// Source is forestry or land_survey for forest and grassland, empty
	// elsewhere.
	Source string
	// Mode is replace (the default), add or update: the file is the whole
	// layer, or rows to add to the version of no later vintage, or rows that
	// take the place of those of the same key and add the others.
	Mode string
	// CRS overrides what the file says: "EPSG:4525" or "4525".
	CRS string
	// Fix confirms a correction that an earlier refusal proposed: "swap",
	// "prefix", "zone=37", "zone=36,37", "packed", "crs=EPSG:n".
	Fix string
	// Shift brings coordinates of another datum, or offset ones, onto CGCS2000.
	Shift *Shift
	// Encoding overrides what the file says of its text.
	Encoding string
	// LayerName picks one of several layers in the file.
	LayerName string
	// Set is field → constant, Map is field → column.
	Set, Map map[string]string
	// Footprints are required for disturbance and allowed nowhere else.
	Footprints []Footprint
	// Coverage is the ground a forest or grassland source speaks of; nil is the
	// whole county.
	Coverage *geom.MultiPolygon
	// AllowEmpty lets a file without rows say that there is nothing of its
	// layer in the county.
	AllowEmpty bool
	// Path is the file on disk, FileName its name to people.
	Path, FileName string
	Limits         record.Limits
	// Owner is the presence of the program that loads it (pg.Presence), so that
	// another can tell it from one whose program died; 0 for none.
	Owner int64
}

// request is an upload whose every word has been checked.
type request struct {
	Upload
	layer  taohe.Layer
	spec   LayerSpec
	county County
	crs    *geo.CRS
}

// Check looks at everything the sender says before the file is opened. What is
// wrong comes back as a *RequestError with all faults. Begin does the same
// before it begins.
func (u Upload) Check(ctx context.Context, db Querier) error {
	_, err := u.check(ctx, db)
	return err
}

func (u Upload) check(ctx context.Context, db Querier) (*request, error) {
	r := &request{Upload: u}
	var faults []Fault
	fault := func(location, code, format string, args ...any) {
		faults = append(faults, Fault{Location: location, Code: code, Message: fmt.Sprintf(format, args...)})
	}
	layer, err := taohe.ParseLayer(u.Layer)
	if err != nil {
		fault("layer", "unknown-layer", "没有这个图层；可用图层：%s。", layerList())
	} else {
		r.layer, r.spec = layer, TheCatalogue().Layers[layer]
		faults = append(faults, checkNames("set", layer, r.spec, u.Set)...)
		faults = append(faults, checkNames("map", layer, r.spec, u.Map)...)
		faults = append(faults, r.checkLayerWords()...)
	}
	switch county, err := GetCounty(ctx, db, u.County); {
	case errors.Is(err, ErrNotFound):
		fault("county", "unknown-county", "这个旗区代码尚未登记。请先登记旗区（taohe county add，或 PUT /v1/counties/{code}）。")
	case err != nil:
		return nil, err
	default:
		r.county = county
	}
	if u.Vintage.IsZero() {
		fault("vintage", "missing-vintage", "请填写数据时点（vintage，格式 YYYY-MM-DD）。")
	}
	if u.CRS != "" {
		if crs, err := parseCRS(u.CRS); err != nil {
			fault("crs", "unknown-crs", "无法识别这个坐标系。请写 EPSG 代码，例如 EPSG:4525。")
		} else {
			r.crs = &crs
		}
	}
	for i, f := range u.Footprints {
		if why, err := groundFault(ctx, db, f.Ground); err != nil {
			return nil, err
		} else if why != "" {
			fault(fmt.Sprintf("footprint[%d]", i), "invalid-footprint", "解译范围不是有效的面：%s。请改正后重新上传。", why)
		}
	}
	if why, err := groundFault(ctx, db, u.Coverage); err != nil {
		return nil, err
	} else if why != "" {
		fault("coverage", "invalid-coverage", "覆盖范围不是有效的面：%s。请改正后重新上传。", why)
	}
	if u.Shift != nil {
		if _, err := u.Shift.geo(); err != nil {
			fault("shift", "bad-shift", "%s", err.Error()+"。")
		}
	}
	if len(faults) > 0 {
		return nil, &RequestError{Faults: faults}
	}
	return r, nil
}

func (r *request) checkMode() []Fault {
	switch r.Mode {
	case "":
		r.Mode = ModeReplace
	case ModeReplace, ModeAdd:
	case ModeUpdate:
		if len(r.spec.Key) == 0 {
			return []Fault{{"mode", "mode-without-key", fmt.Sprintf("图层 %s 没有可以区分各行的编号，不能按编号更新（update）；请用 replace 或 add。", r.layer)}}
		}
	default:
		return []Fault{{"mode", "unknown-mode", "上传方式应为 replace（整体替换）、add（追加）或 update（按编号更新）。"}}
	}
	return nil
}

// groundFault says what is wrong with ground a person gave, "" for nothing. It
// decides what counts, so it is not repaired behind their back.
func groundFault(ctx context.Context, db Querier, ground *geom.MultiPolygon) (string, error) {
	if ground == nil {
		return "", nil
	}
	shape, err := groundEWKB(ground)
	if err != nil {
		return err.Error(), nil
	}
	return invalidReason(ctx, db, shape)
}

// invalidReason says why a shape is not valid, and where; nothing of a valid one.
func invalidReason(ctx context.Context, db Querier, shape []byte) (string, error) {
	var reason string
	var x, y float64
	err := db.QueryRow(ctx, sqlInvalidReason.SQL(), pgx.StrictNamedArgs{"geom": shape}).Scan(&reason, &x, &y)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("check ground: %w", err)
	}
	return fmt.Sprintf("%s（%.6f, %.6f）", reason, x, y), nil
}

func (r *request) checkLayerWords() []Fault {
	faults := r.checkMode()
	vegetation := r.layer == taohe.LayerForest || r.layer == taohe.LayerGrassland
	switch {
	case vegetation && r.Source != "forestry" && r.Source != "land_survey":
		faults = append(faults, Fault{"source", "missing-source", "林地、草原数据须说明来源（source）：forestry（林草部门）或 land_survey（国土调查）。"})
	case !vegetation && r.Source != "" && r.Source != "default":
		faults = append(faults, Fault{"source", "unexpected-source", "只有林地、草原图层需要来源（source）。"})
	case r.Source == "":
		r.Source = "default"
	}
	switch {
	case r.layer == taohe.LayerDisturbance && len(r.Footprints) == 0:
		faults = append(faults, Fault{
			"footprint", "missing-footprint",
			"影像图斑须说明解译范围（footprint）：whole-county 表示全旗区，或“日期=多边形”。没有解译范围就无法区分“未发现”与“未查看”。",
		})
	case r.layer != taohe.LayerDisturbance && len(r.Footprints) > 0:
		faults = append(faults, Fault{"footprint", "unexpected-footprint", "只有影像图斑图层需要解译范围（footprint）。"})
	}
	if r.Coverage != nil && !vegetation {
		faults = append(faults, Fault{"coverage", "unexpected-coverage", "只有林地、草原图层可以说明覆盖范围（coverage）。"})
	}
	for _, name := range sortedKeys(r.Set) {
		if f, ok := r.spec.Field(name); ok {
			// A word that is not of the list is kept, and noted with every row.
			if _, d := convertField(f, r.Set[name], "", 1); d != nil && f.Type != TypeWord {
				faults = append(faults, Fault{"set." + name, "bad-constant", d.Chinese()})
			}
		}
	}
	return faults
}

func layerList() string {
	var s []string
	for _, l := range taohe.Layers() {
		s = append(s, string(l)+"（"+l.Title()+"）")
	}
	return strings.Join(s, "、")
}

// parseCRS reads "EPSG:4525", "epsg:4525" or "4525".
func parseCRS(s string) (geo.CRS, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s = strings.TrimPrefix(s, "EPSG:")
	var code int
	if _, err := fmt.Sscanf(s, "%d", &code); err != nil || fmt.Sprint(code) != s {
		return geo.CRS{}, fmt.Errorf("reference system %q: want EPSG:n", s)
	}
	return geo.FromEPSG(code)
}

// Querier is what reading needs of a pool or transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}
