-- mine_failed: a mine that could not be computed, and why; the others go on.
-- @run_id, @licence_no;  @error
with tried as (
    delete from run_mine_try where run_id = @run_id and licence_no = @licence_no
)
update run_mine
set status = 'failed', error = @error
where run_id = @run_id and licence_no = @licence_no
