-- pending_mines: the mines of a run that are still to be computed, in order.
-- @run_id
select licence_no, county_code
from run_mine
where run_id = @run_id and status = 'pending'
order by licence_no
