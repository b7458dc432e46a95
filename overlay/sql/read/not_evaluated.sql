-- not_evaluated: the rules that could not be asked, by county.
-- @run_id
select county_code, rule_code, missing_layers
from run_not_evaluated
where run_id = @run_id
order by county_code, rule_code
