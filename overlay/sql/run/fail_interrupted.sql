-- fail_interrupted: closes the runs whose program is no longer there.
update run
set status = 'failed', error = 'interrupted', finished_at = now()
where status in ('queued', 'running') and created_at < now() - interval '10 seconds'
  and pg_try_advisory_xact_lock(hashtextextended('taohe run ' || id, 0))
