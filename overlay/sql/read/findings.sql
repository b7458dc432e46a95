-- findings: the findings of one mine.
-- @run_id, @licence_no
select rule_code, ellipsoidal_area_m2, within_tolerance_m2, metres_above, metres_below, places,
       coalesce(certainty, '') as certainty, position_error_m, geom
from run_finding
where run_id = @run_id and licence_no = @licence_no
order by rule_code
