-- untry_mine: a mine that was begun and given up in good order.
-- @run_id, @licence_no
with last as (
    delete from run_mine_try where run_id = @run_id and licence_no = @licence_no and tries = 1
)
update run_mine_try
set tries = tries - 1
where run_id = @run_id and licence_no = @licence_no and tries > 1
