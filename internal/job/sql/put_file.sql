-- put_file: a file that a job made, whose content follows in pieces.
-- @job_id;  @licence_no  empty for one of the whole job;  @no;  @name;  @bytes;  @crc32;  @sha256
insert into job_file (job_id, licence_no, no, name, bytes, crc32, sha256)
values (@job_id, @licence_no, @no, @name, @bytes, @crc32, @sha256)
