-- parts: the parts of one mine's ground account.
-- @run_id, @licence_no
select part_no, component_no, kind, imaged_on, first_seen_on, class, within_tolerance, geom, ellipsoidal_area_m2, late_approval_m2
from run_ground_part
where run_id = @run_id and licence_no = @licence_no
order by part_no
