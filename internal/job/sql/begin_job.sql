-- begin_job: a job that is begun, or gone on with, by whoever comes; its status after it.
-- @job_id
update job set status = 'running', started_at = coalesce(started_at, now())
where id = @job_id and status in ('queued', 'running')
returning status
