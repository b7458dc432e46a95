-- end_run: closes a run that was cancelled or broke.
-- @run_id;  @status  cancelled or failed;  @error  text or null
update run
set status = @status, error = @error, finished_at = now()
where id = @run_id and status in ('queued', 'running')
