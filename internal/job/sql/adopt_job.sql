-- adopt_job: gives a job of the last day that asked the same, and whose program is
-- gone, to another program: one that was not done, or whose file nobody took.
-- @kind;  @run_id;  @asked  jsonb;  @owner  the presence of the program that goes on with it
update job set owner = @owner::bigint
where id = (
    select id from job
    where kind = @kind and run_id = @run_id and asked = @asked::jsonb and status in ('queued', 'running', 'complete') and owner is not null
      and created_at > now() - interval '1 day'
      and pg_try_advisory_xact_lock(owner)
    order by id desc
    limit 1
    for update skip locked
)
returning id
