package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/internal/pipeline"
)

// A stored shape that something made invalid fails the mine it belongs to, or
// whose finding rests on it, and names the row; the others are complete and have
// the figures they had. All kinds of row at once: a patch that names its mine, an
// approval, a licence, a patch that names none, and ground in the way.
func TestInvalidStoredShape(t *testing.T) {
	t.Parallel()
	p, pool, m := sampleRun(t, pipeline.Options{})
	before := firstRun(t, p)
	// The shape and itself a metre east, as two members that overlap.
	const invalid = `(select st_collect(d.geom) from st_dump(st_collect(g, st_translate(g, 1e-5, 0))) d)`
	type broken struct {
		layer, pick string
		licences    []string
		row         int
	}
	rows := []*broken{
		{layer: "disturbance", pick: `select dataset_id, row_no, array[licence_no] from run_patch where run_id = $1 and attributed_by = 'named' and confirmed order by licence_no offset 3 limit 1`},
		{layer: "land_approval", pick: `select dataset_id, row_no, array_agg(licence_no) from run_approval where run_id = $1 and attributed_by = 'licence' group by 1, 2 order by max(licence_no) offset 8 limit 1`},
		{layer: "mining_right", pick: `select dataset_id, row_no, array[licence_no] from run_licence where run_id = $1 order by licence_no offset 14 limit 1`},
		{layer: "disturbance", pick: `select dataset_id, row_no, array[licence_no] from run_patch where run_id = $1 and attributed_by = 'overlap' order by licence_no limit 1`},
		{layer: "protected_area", pick: `
			select dataset_id, row_no, array_agg(distinct licence_no) from finding_citation c join dataset d on d.id = c.dataset_id
			where run_id = $1 and d.layer = 'protected_area' and rule_code ~ 'protected' group by 1, 2 order by 1, 2 limit 1`},
	}
	failing := map[string]*broken{}
	for _, b := range rows {
		var dataset int64
		var rowNo int
		if err := pool.QueryRow(t.Context(), b.pick, before.ID).Scan(&dataset, &rowNo, &b.licences); err != nil {
			t.Fatalf("%s: %v", b.pick, err)
		}
		err := pool.QueryRow(t.Context(), fmt.Sprintf(`
			update %s t set geom = %s from (select geom as g from %[1]s where dataset_id = $1 and row_no = $2) o
			where dataset_id = $1 and row_no = $2 and not st_isvalid(%[2]s) returning source_row`, b.layer, invalid), dataset, rowNo).Scan(&b.row)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range b.licences {
			failing[l] = b
		}
	}
	run := execute(t, p, m.AsOf)
	if run.Status != "complete" {
		t.Fatalf("the run is %s", run.Status)
	}
	// A mine next to broken ground may fail for it, too; nearly all do not.
	if run.MinesFailed < len(rows)-1 || run.MinesFailed > len(failing)+5 {
		t.Errorf("%d of %d mines failed", run.MinesFailed, run.MinesTotal)
	}
	lines, err := p.Mines(t.Context(), run.ID, "", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]bool{}
	for _, l := range different(t, p, before.ID, run.ID) {
		changed[l] = true
	}
	named := map[*broken]bool{}
	for _, l := range lines {
		switch b := failing[l.LicenceNo]; {
		case l.Status == "failed":
			if !strings.Contains(l.Error, "stored shapes are not valid") || !strings.Contains(l.Error, "Self-intersection") {
				t.Errorf("mine %s failed: %s", l.LicenceNo, l.Error)
			}
			if b != nil && strings.Contains(l.Error, fmt.Sprintf("%s, dataset", b.layer)) && strings.Contains(l.Error, fmt.Sprintf(" row %d: ", b.row)) {
				named[b] = true
			}
		case changed[l.LicenceNo] && b == nil:
			t.Errorf("mine %s did not fail and has other figures", l.LicenceNo)
		}
	}
	for _, b := range rows {
		if !named[b] {
			t.Errorf("%s row %d is named by none of its mines %v", b.layer, b.row, b.licences)
		}
	}
}
