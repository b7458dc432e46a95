-- create_job: a job that nobody has begun.
-- @kind;  @run_id;  @asked  jsonb;  @owner  the presence of the program that does it, null for the queue's
insert into job (kind, run_id, asked, owner) values (@kind, @run_id, @asked::jsonb, @owner::bigint)
returning id
