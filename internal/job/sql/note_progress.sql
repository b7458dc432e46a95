-- note_progress: how far a job is that has no parts; no row where it is over.
-- @job_id;  @done;  @total
update job set done = @done, total = @total
where id = @job_id and status = 'running'
returning id
