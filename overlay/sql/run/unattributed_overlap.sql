-- unattributed_overlap: measures what is still seen of the patches of no mine
-- against the restricting ground it lies in.
-- @run_id
insert into unattributed_overlap (run_id, patch_dataset_id, patch_row_no, layer, dataset_id, row_no, ellipsoidal_area_m2)
select @run_id::bigint, patch_dataset_id, patch_row_no, layer, dataset_id, row_no, area_m2
from (
    select g.dataset_id as patch_dataset_id, g.row_no as patch_row_no, r.layer, r.dataset_id, r.row_no,
           ellipsoidal_area_m2(polygons_of(intersection_or_gridded(sound(clipped_near(r.geom, g.geom)), sound(g.geom)))) as area_m2
    from listed_ground g
    join run_patch p using (run_id, dataset_id, row_no)
    join restricting_ground r on r.geom && g.geom
    join run_dataset u on u.run_id = p.run_id and u.dataset_id = r.dataset_id
    where g.run_id = @run_id and p.licence_no is null
) measured
where area_m2 >= 0.005
order by patch_dataset_id, patch_row_no, dataset_id, row_no
