-- expire_jobs: deletes the jobs whose time is over, with what they made, and those
-- of a program that is gone when as much time went by since they were asked for.
-- @keep_s  seconds
delete from job
where expires_at < now()
   or finished_at is null and owner is not null and created_at < now() - make_interval(secs => @keep_s) and pg_try_advisory_xact_lock(owner)
