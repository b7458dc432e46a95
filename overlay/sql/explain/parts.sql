-- parts: the polygons of one finding.
-- @run_id, @licence_no, @rule_code
select part_no, within_tolerance, geom, ellipsoidal_area_m2
from run_finding_part
where run_id = @run_id and licence_no = @licence_no and rule_code = @rule_code
order by part_no
