-- fail_interrupted: closes the runs whose program is no longer there: a living
-- one holds the advisory lock of its presence. What is the queue's has no owner
-- and goes on.
update run
set status = 'failed', error = 'interrupted', finished_at = now()
where status in ('queued', 'running') and pg_try_advisory_xact_lock(owner)
