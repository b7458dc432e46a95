-- mines: the mines that only one of two runs has figures of, and why.
-- @old_run, @new_run
select licence_no, coalesce(n.county_code, o.county_code) as county_code, coalesce(n.enterprise, o.enterprise) as enterprise,
       coalesce(n.mine_name, o.mine_name, '') as mine_name, coalesce(o.status, '') as old_status, coalesce(n.status, '') as new_status
from (select * from run_mine where run_id = @old_run) o
full join (select * from run_mine where run_id = @new_run) n using (licence_no)
where (o.status = 'done') is distinct from (n.status = 'done')
order by licence_no
