-- keep_wanted: how the results of a run or a job are to be given; the first who says
-- it is heard.
-- @run_id, @job_id  one of them, the other null;  @wanted  jsonb
insert into execution (of_run_id, of_job_id, wanted) values (@run_id::bigint, @job_id::bigint, @wanted::jsonb)
on conflict do nothing
