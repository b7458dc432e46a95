-- await_mine: claim_mine that waits for the mines others hold: it gives one of
-- which the holder died, and none when all were done.
-- @run_id
select m.licence_no, m.county_code
from run_mine m
where m.run_id = @run_id and m.status = 'pending'
  and exists (select from run r where r.id = @run_id and r.status = 'running')
order by m.licence_no
limit 1
for no key update of m
