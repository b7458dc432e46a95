-- repair_invalid: repairs the polygons found invalid by ST_MakeValid
-- (structure), and holds those whose area changes by more than 1 m² and 0.1 %.
-- Written for layer_table, the layer's own table.
-- @dataset_id;  @rows  row numbers, as invalid_rows found them
with invalid as materialized (
    select row_no, source_row, geom, ellipsoidal_area_m2 as raw_m2, st_isvaliddetail(geom) as detail
    from layer_table
    where dataset_id = @dataset_id and row_no = any(@rows)
),
repaired as materialized (
    select row_no, source_row, raw_m2, detail,
           polygons_of(st_makevalid(geom, 'method=structure keepcollapsed=false')) as geom
    from invalid
),
measured as materialized (
    select r.*, coalesce(ellipsoidal_area_m2(geom), 0) as repaired_m2 from repaired r
)
update layer_table t
set geom = m.geom, ellipsoidal_area_m2 = m.repaired_m2,
    held = abs(m.repaired_m2 - m.raw_m2) > 1 and abs(m.repaired_m2 - m.raw_m2) > 0.001 * m.raw_m2 or m.repaired_m2 = 0
from measured m
where t.dataset_id = @dataset_id and t.row_no = m.row_no
returning m.row_no, m.source_row, (m.detail).reason, st_x((m.detail).location) as lon, st_y((m.detail).location) as lat,
          m.raw_m2, m.repaired_m2, t.held
