-- mine_done: a mine whose figures are stored.
-- @run_id, @licence_no;  @digest  of its inputs and results
update run_mine
set status = 'done', digest = @digest
where run_id = @run_id and licence_no = @licence_no
