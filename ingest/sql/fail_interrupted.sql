-- fail_interrupted: closes the datasets whose program is no longer there: a
-- living one holds the advisory lock of its presence. What is the queue's has no
-- owner and is loaded again.
update dataset
set status = 'failed', error = 'interrupted'
where status = 'loading' and pg_try_advisory_xact_lock(owner)
