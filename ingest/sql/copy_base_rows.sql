-- copy_base_rows: takes over the rows of the version an addition builds on;
-- rows that were left out stay out.
-- Written for layer_table, the layer's own table, and loading_table, the new dataset's.
-- @dataset_id;  @base_id
insert into loading_table (county_code, dataset_id, row_no, file_no, source_row, geom, ellipsoidal_area_m2, corners, corners_srid, extra, layer_fields())
select b.county_code, @dataset_id::bigint, b.row_no, b.file_no, b.source_row, b.geom, b.ellipsoidal_area_m2, b.corners, b.corners_srid, b.extra, layer_fields(b)
from layer_table b
where b.dataset_id = @base_id and not b.held
