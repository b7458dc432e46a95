-- start_run: a run whose inputs are fixed.
-- @run_id
update run
set status = 'running', started_at = now(),
    mines_total = (select count(*) from run_mine where run_id = @run_id)
where id = @run_id and status = 'queued'
