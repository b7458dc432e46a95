-- finding: the findings of a run beside the naive ones, with what is within
-- tolerance; metres of elevation as they are.
-- @run_id
select coalesce(o.licence_no, n.licence_no) || ' ' || coalesce(o.rule_code, n.rule_code) || ' ' || f.what as what,
       coalesce(f.ours, 0) as ours, coalesce(f.naive, 0) as naive
from (select licence_no, rule_code, sum(ellipsoidal_area_m2) as area_m2, max(metres_above) as metres_above, max(metres_below) as metres_below
      from run_finding_part where run_id = @run_id group by licence_no, rule_code) o
full join naive.finding n using (licence_no, rule_code)
cross join lateral (values
    ('area', o.area_m2, n.area_m2), ('above', o.metres_above, n.metres_above), ('below', o.metres_below, n.metres_below)
) as f(what, ours, naive)
order by 1
