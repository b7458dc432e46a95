-- change_patch: the rows of a dataset into its new version, one of them a fiftieth
-- smaller.
-- @dataset_id, @row_no  the changed one;  @new_id
insert into disturbance (county_code, dataset_id, row_no, file_no, source_row, held, geom, ellipsoidal_area_m2, corners, corners_srid, extra,
                         patch_no, imaged_on, kind, licence_no, image_source, position_error_m, top_elevation_m, bottom_elevation_m,
                         ownership, restored_on, declared_area_m2)
select county_code, @new_id, row_no, file_no, source_row, held, c.geom,
       case when row_no = @row_no then ellipsoidal_area_m2(c.geom) else ellipsoidal_area_m2 end, corners, corners_srid, extra,
       patch_no, imaged_on, kind, licence_no, image_source, position_error_m, top_elevation_m, bottom_elevation_m,
       ownership, restored_on, declared_area_m2
from disturbance d
cross join lateral (
    select case when d.row_no = @row_no then st_scale(d.geom, st_makepoint(0.98, 0.98), st_centroid(d.geom)) else d.geom end as geom
    offset 0
) c
where d.dataset_id = @dataset_id
