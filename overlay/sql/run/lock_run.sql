-- lock_run: keeps the others from fixing the inputs of a run at the same time.
-- @run_id
select status from run where id = @run_id for no key update
