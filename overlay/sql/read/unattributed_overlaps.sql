-- unattributed_overlaps: the ground of patches of no mine inside restricting
-- ground, summed over the rows of one name.
-- @run_id
select o.layer, o.dataset_id, r.name, count(distinct (o.patch_dataset_id, o.patch_row_no)) as patches,
       sum(o.ellipsoidal_area_m2 order by o.ellipsoidal_area_m2) as ellipsoidal_area_m2
from unattributed_overlap o
join restricting_ground r on r.layer = o.layer and r.dataset_id = o.dataset_id and r.row_no = o.row_no
where o.run_id = @run_id
group by o.layer, o.dataset_id, r.name
order by o.layer, o.dataset_id, r.name
