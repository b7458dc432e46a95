-- breakdowns: the figures beside the findings of one mine.
-- @run_id, @licence_no
select rule_code, key, ellipsoidal_area_m2
from run_finding_breakdown
where run_id = @run_id and licence_no = @licence_no
order by rule_code, key
