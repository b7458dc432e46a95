-- claim_part: a part of a running job that nobody does, held until the transaction ends.
-- @job_id
select p.licence_no
from job_part p
where p.job_id = @job_id and p.status = 'pending' and exists (select from job j where j.id = p.job_id and j.status = 'running')
order by p.licence_no
limit 1
for no key update of p skip locked
