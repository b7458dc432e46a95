package overlay

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
)

// A DatumShift is what its sender says brought a dataset onto CGCS2000, as
// ingest stores it with the dataset: metres, seconds of arc, parts per million.
type DatumShift struct {
	Method      string  `json:"method"`
	TxM         float64 `json:"tx_m"`
	TyM         float64 `json:"ty_m"`
	TzM         float64 `json:"tz_m"`
	RxSec       float64 `json:"rx_sec"`
	RySec       float64 `json:"ry_sec"`
	RzSec       float64 `json:"rz_sec"`
	ScalePPM    float64 `json:"scale_ppm"`
	DxNorthM    float64 `json:"dx_north_m"`
	DyEastM     float64 `json:"dy_east_m"`
	RotationSec float64 `json:"rotation_sec"`
	TargetEPSG  int     `json:"target_epsg"`
	Source      string  `json:"source"`
	AccuracyM   float64 `json:"accuracy_m"`
}

// An ApproximateSource says that something of a mine rests on a dataset whose
// way to CGCS2000 is approximate: with a rule code the rows its finding cites,
// without one the mine's own rows of that layer.
type ApproximateSource struct {
	LicenceNo string
	RuleCode  string
	Layer     taohe.Layer
}

// ApproximateSources are those of a mine, of all mines of the run when
// licenceNo is empty.
func ApproximateSources(ctx context.Context, db Querier, runID int64, licenceNo string) ([]ApproximateSource, error) {
	if licenceNo == "" {
		return collect[ApproximateSource](ctx, db, sqlReadApproximate, pgx.StrictNamedArgs{"run_id": runID})
	}
	return collect[ApproximateSource](ctx, db, sqlReadApproximateOfMine, pgx.StrictNamedArgs{"run_id": runID, "licence_no": licenceNo})
}

// Approximate says whether the finding of a rule on a mine rests on such a
// source: on a row it cites, or on a layer that decides it. An approval that
// covers nothing of the finding is not cited and has cut it out all the same.
func (r Rule) Approximate(licenceNo string, sources []ApproximateSource) bool {
	return slices.ContainsFunc(sources, func(s ApproximateSource) bool {
		switch {
		case s.LicenceNo != licenceNo:
			return false
		case s.RuleCode != "":
			return s.RuleCode == r.Code
		}
		return slices.Contains(r.Needs, s.Layer) || s.Layer == taohe.LayerLandApproval && r.PermitKind != ""
	})
}
