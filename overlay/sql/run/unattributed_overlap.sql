-- unattributed_overlap: measures the patches of no mine against the restricting
-- ground they lie in.
-- @run_id
insert into unattributed_overlap (run_id, patch_dataset_id, patch_row_no, layer, dataset_id, row_no, ellipsoidal_area_m2)
select @run_id::bigint, patch_dataset_id, patch_row_no, layer, dataset_id, row_no, area_m2
from (
    select d.dataset_id as patch_dataset_id, d.row_no as patch_row_no, r.layer, r.dataset_id, r.row_no,
           ellipsoidal_area_m2(polygons_of(st_intersection(sound(clipped_near(r.geom, d.geom)), sound(d.geom)))) as area_m2
    from run_patch p
    join disturbance d using (dataset_id, row_no)
    join restricting_ground r on r.geom && d.geom
    join run_dataset u on u.run_id = p.run_id and u.dataset_id = r.dataset_id
    where p.run_id = @run_id and p.licence_no is null
) measured
where area_m2 >= 0.005
order by patch_dataset_id, patch_row_no, dataset_id, row_no
