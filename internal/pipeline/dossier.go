package pipeline

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/overlay"
	"github.com/taohe-gis/taohe/report"
)

// Dossier returns everything about one mine from a run, for print; runID 0 is
// the newest complete run that has the mine. It returns ErrNotFound where there
// is none.
func (p *Pipeline) Dossier(ctx context.Context, runID int64, licenceNo string) (*report.Dossier, error) {
	return p.DossierAt(ctx, runID, licenceNo, 0)
}

// DossierAt is Dossier as the ledger was when an event was written; 0 is the
// newest. ErrNotFound is also for an event that is yet to come.
func (p *Pipeline) DossierAt(ctx context.Context, runID int64, licenceNo string, ledgerEvent int64) (*report.Dossier, error) {
	parts := map[string][]overlay.FindingPart{}
	var known followed
	m, err := read(ctx, p, func(db pgx.Tx) (m reported, err error) {
		id := runID
		if id == 0 {
			if id, err = overlay.NewestRun(ctx, db, licenceNo); err != nil {
				return m, err
			}
		}
		if m.run, err = overlay.GetRun(ctx, db, id); err != nil {
			return m, err
		}
		if m.result, err = overlay.LoadResult(ctx, db, id, licenceNo); err != nil {
			return m, err
		}
		for _, f := range m.result.Findings {
			if parts[f.RuleCode], err = overlay.FindingParts(ctx, db, id, licenceNo, f.RuleCode); err != nil {
				return m, err
			}
		}
		if known, err = p.followed(ctx, db, id, licenceNo, ledgerEvent); err != nil {
			return m, err
		}
		err = m.readRest(ctx, db)
		return m, err
	})
	if err != nil {
		return nil, ledgerError(err)
	}
	return p.dossier(m, parts, known)
}

// dossier lays out what was read.
func (p *Pipeline) dossier(m reported, parts map[string][]overlay.FindingPart, known followed) (*report.Dossier, error) {
	rules, err := overlay.ParseRules([]byte(m.run.RuleSet))
	if err != nil {
		return nil, err
	}
	mine, err := m.document(rules)
	if err != nil {
		return nil, err
	}
	plane, err := planeOf(m.result.Geom)
	if err != nil {
		return nil, fmt.Errorf("mine %s: %w", m.result.LicenceNo, err)
	}
	if a := m.result.Account; a != nil {
		raw := make([]float64, len(m.result.Components))
		for i, c := range m.result.Components {
			raw[i] = c.EllipsoidalAreaM2
		}
		areas, _ := report.Apportion(raw, a.GroundM2)
		for i := range areas {
			mine.Components[i].Area = areas[i]
		}
	}
	d := &report.Dossier{
		Mine: mine, RunDigest: m.run.Digest, Failed: m.result.Status != "done", Ledger: ledgerState(known.moment),
		CornerMethod: fmt.Sprintf(cornerMethod, report.PlaneWords(plane.crs.Name)),
	}
	// document put the findings of the result in the order of the rules.
	for _, f := range m.result.Findings {
		item, err := p.dossierItem(f, parts[f.RuleCode], plane)
		if err != nil {
			return nil, fmt.Errorf("mine %s, %s: %w", m.result.LicenceNo, f.RuleCode, err)
		}
		known.tell(&item, f.RuleCode)
		d.Items = append(d.Items, item)
	}
	return d, nil
}

// dossierItem is a finding with its polygons, as it is before anybody has looked
// at it.
func (p *Pipeline) dossierItem(f overlay.Finding, parts []overlay.FindingPart, plane plane) (report.DossierItem, error) {
	deadline, err := taohe.ParseDate(p.campaign.DeadlineOf(f.RuleCode, false))
	if err != nil {
		return report.DossierItem{}, err
	}
	item := report.DossierItem{StateTitle: "线索", Deadline: deadline}
	var raw []float64
	for _, part := range parts {
		if part.WithinTolerance {
			continue
		}
		printed, err := explainedPart(part, plane)
		if err != nil {
			return report.DossierItem{}, err
		}
		item.Parts, raw = append(item.Parts, printed), append(raw, part.EllipsoidalAreaM2)
	}
	areas, _ := report.Apportion(raw, f.EllipsoidalAreaM2)
	for i := range areas {
		item.Parts[i].Area = areas[i]
	}
	return item, nil
}
