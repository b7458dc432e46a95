-- hasten_jobs: lets jobs begin that wait for a time further off than any wait is, for
-- the clock was put back since: what is available was due when it was queued, and
-- what failed n times is to be tried again after n^4 seconds, give or take a tenth.
update river_job
set scheduled_at = now()
where state = 'available' and scheduled_at > now() + interval '1 minute'
   or state = 'retryable' and scheduled_at > now() + make_interval(secs => 60 + 1.2 * power(cardinality(coalesce(errors, '{}')), 4))
returning id
