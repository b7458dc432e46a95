-- listed_overlaps: the restricting ground under the patches of no mine, row by
-- row of the layer.
-- @run_id
select o.patch_dataset_id, o.patch_row_no, o.layer, r.name, r.class, o.ellipsoidal_area_m2
from unattributed_overlap o
join restricting_ground r on r.layer = o.layer and r.dataset_id = o.dataset_id and r.row_no = o.row_no
where o.run_id = @run_id
order by o.patch_dataset_id, o.patch_row_no, o.layer, r.name, r.class, o.dataset_id, o.row_no
