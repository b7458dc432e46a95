-- chunk: a piece of a file.
-- @job_id, @licence_no, @no, @chunk
select content from job_file_chunk where job_id = @job_id and licence_no = @licence_no and no = @no and chunk = @chunk
