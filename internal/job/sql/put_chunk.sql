-- put_chunk: a piece of a file.
-- @job_id, @licence_no, @no;  @chunk  from 0;  @content
insert into job_file_chunk (job_id, licence_no, no, chunk, content) values (@job_id, @licence_no, @no, @chunk, @content)
