-- end_job: closes a job that was cancelled or broke.
-- @job_id;  @status;  @error  null for none;  @keep_s  how many seconds it is kept
update job set status = @status, error = @error, finished_at = now(), expires_at = now() + make_interval(secs => @keep_s)
where id = @job_id and status in ('queued', 'running')
