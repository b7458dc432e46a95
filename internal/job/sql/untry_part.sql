-- untry_part: takes one try of a part back.
-- @job_id, @licence_no
with gone as (delete from job_part_try where job_id = @job_id and licence_no = @licence_no and tries = 1)
update job_part_try set tries = tries - 1 where job_id = @job_id and licence_no = @licence_no and tries > 1
