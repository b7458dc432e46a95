-- breakdown: the figures beside a run's findings and the naive ones. Those of
-- abandoned pits are not computed naively.
-- @run_id
select coalesce(o.licence_no, n.licence_no) || ' ' || coalesce(o.rule_code, n.rule_code) || ' ' || coalesce(o.key, n.key) as what,
       coalesce(o.ellipsoidal_area_m2, 0) as ours, coalesce(n.area_m2, 0) as naive
from (select * from run_finding_breakdown where run_id = @run_id and rule_code <> 'abandoned_pit_unrestored') o
full join naive.breakdown n using (licence_no, rule_code, key)
order by 1
