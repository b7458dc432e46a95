-- run_before: the newest complete run of the same counties before a run.
-- @run_id
select b.id
from run n
join run b on b.counties = n.counties
where n.id = @run_id and b.id < n.id and b.status = 'complete' and b.what_if = '{}' and b.licence_nos = '{}'
order by b.id desc
limit 1
