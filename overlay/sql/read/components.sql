-- components: the connected components of one mine's ground and what each was
-- judged by.
-- @run_id, @licence_no
select c.component_no, c.ellipsoidal_area_m2, c.newest_imaged_on, c.covered_m2, c.met_approvals_m2, c.class,
       coalesce(a.approval_no, '') as displaced_from, c.displaced_distance_m, c.displaced_unused_m2
from run_ground_component c
left join land_approval a on a.dataset_id = c.displaced_from_dataset_id and a.row_no = c.displaced_from_row_no
where c.run_id = @run_id and c.licence_no = @licence_no
order by c.component_no
