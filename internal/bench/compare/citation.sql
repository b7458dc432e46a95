-- citation: how much of each row lies in a run's findings, and naively.
-- @run_id
select coalesce(o.licence_no, n.licence_no) || ' ' || coalesce(o.rule_code, n.rule_code) || ' ' || coalesce(o.role, n.role)
       || ' ' || coalesce(o.dataset_id, n.dataset_id) || '/' || coalesce(o.row_no, n.row_no) as what,
       coalesce(o.ellipsoidal_area_m2, 0) as ours, coalesce(n.area_m2, 0) as naive
from (select * from run_finding_citation where run_id = @run_id) o
full join naive.citation n using (licence_no, rule_code, role, dataset_id, row_no)
order by 1
