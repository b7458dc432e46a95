-- drop_files: deletes what a job made.
-- @job_id
delete from job_file where job_id = @job_id
