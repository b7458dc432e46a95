-- finish_job: closes a job that has no part to be done any more, by the clock: a job
-- done as a whole is one transaction from its beginning.
-- @job_id;  @keep_s  how many seconds it is kept
update job set status = 'complete', finished_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(secs => @keep_s)
where id = @job_id and status = 'running' and not exists (select from job_part where job_id = @job_id and status = 'pending')
