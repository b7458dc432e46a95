-- claim_mine: the next mine of a run that nobody computes, locked until the
-- transaction ends; when the program that has it dies, it is pending again.
-- @run_id
select m.licence_no, m.county_code
from run_mine m
where m.run_id = @run_id and m.status = 'pending'
  and exists (select from run r where r.id = @run_id and r.status = 'running')
order by m.licence_no
limit 1
for no key update of m skip locked
