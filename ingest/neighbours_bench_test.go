package ingest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

// BenchmarkNeighbours is what holding rows against each other costs: 20,000
// licences side by side for overlaps, 100,000 forest parcels of 40 corners for
// duplicates.
func BenchmarkNeighbours(b *testing.B) {
	pool := pgtest.New(b)
	err := ingest.PutCounty(b.Context(), pool, ingest.County{Code: "159900", Name: "示例旗", West: 109, South: 40, East: 110.75, North: 40.5})
	if err != nil {
		b.Fatal(err)
	}
	for _, statement := range []string{
		`insert into dataset (id, county_code, layer, source, vintage) overriding system value
		 values (1, '159900', 'mining_right', 'default', '2022-04-30'), (2, '159900', 'forest', 'forestry', '2022-04-30')`,
		`select add_dataset_table(id) from dataset`,
		`insert into mining_right (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, licence_no, enterprise, valid_from, valid_to)
		 select '159900', 1, i, 1, i, st_multi(st_makeenvelope(109 + i % 200 * 0.005, 40 + i / 200 * 0.005, 109.005 + i % 200 * 0.005, 40.005 + i / 200 * 0.005, 4490)),
		        1e5 + i, lpad(i::text, 22, '0'), 'x', '2020-01-01', '2030-01-01'
		 from generate_series(1, 20000) i`,
		`insert into forest (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, land_code)
		 select '159900', 2, i, 1, i, st_multi(st_buffer(st_setsrid(st_makepoint(109 + i % 1000 * 0.002, 40 + i / 1000 * 0.002), 4490), 0.001, 10)), 1e5 + i, '0301'
		 from generate_series(1, 100000) i`,
	} {
		if _, err := pool.Exec(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("overlaps", func(b *testing.B) {
		for b.Loop() {
			if _, err := pool.Exec(b.Context(), ingest.OverlapSQL(taohe.LayerMiningRight), pgx.StrictNamedArgs{
				"dataset_id": 1, "file_no": 1, "min_area_m2": 1.0, "max_pairs": 200_000, "max_rows": 1000,
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("duplicates", func(b *testing.B) {
		for b.Loop() {
			if _, err := pool.Exec(b.Context(), ingest.DuplicateSQL(taohe.LayerForest), pgx.StrictNamedArgs{
				"dataset_id": 2, "file_no": 1, "max_rows": 1000,
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
