-- end_part: writes the end of a part, and counts it; no row where the job is over.
-- @job_id, @licence_no;  @error  why it failed, null when it is done
with ended as (
    update job_part set status = case when @error::text is null then 'done' else 'failed' end, error = @error
    where job_id = @job_id and licence_no = @licence_no and status = 'pending'
    returning status
)
update job set done = done + (select count(*) from ended where status = 'done'), failed = failed + (select count(*) from ended where status = 'failed')
where id = @job_id and status = 'running'
returning done, failed, total
