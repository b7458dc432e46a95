-- fail_interrupted: closes the datasets whose loader is no longer there.
update dataset
set status = 'failed', error = 'interrupted'
where status = 'loading' and created_at < now() - interval '10 seconds'
  and pg_try_advisory_xact_lock(hashtextextended('taohe dataset ' || id, 0))
