-- reopen_run: a run that was cancelled or broke goes on, as the queue's, with
-- the mines that are still to be computed.
-- @run_id
update run
set status = case when started_at is null then 'queued' else 'running' end, error = null, finished_at = null, owner = null
where id = @run_id and status in ('cancelled', 'failed')
