-- drop_job: deletes a job that is over, with what it made.
-- @job_id
delete from job where id = @job_id and finished_at is not null
