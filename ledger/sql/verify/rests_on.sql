-- rests_on: the runs that computed mines of a run, and whether their seals are
-- what they were when it was complete.
-- @run_id
select computed_in_run_id, sha256 is not distinct from seal_of_run(computed_in_run_id) as same
from run_rests_on where run_id = @run_id
order by computed_in_run_id
