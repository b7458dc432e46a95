-- count_mines: the mines of a run in order.
-- @run_id
select licence_no, county_code
from run_mine
where run_id = @run_id
order by licence_no
