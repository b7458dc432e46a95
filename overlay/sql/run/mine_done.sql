-- mine_done: a mine whose figures are stored.
-- @run_id, @licence_no;  @digest  of its inputs and results
with tried as (
    delete from run_mine_try where run_id = @run_id and licence_no = @licence_no
)
update run_mine
set status = 'done', digest = @digest
where run_id = @run_id and licence_no = @licence_no
