-- rescue_jobs: puts back what workers took that are no longer there: a living one
-- holds the advisory lock of its presence, which its name ends with.
with left_behind as (
    select id
    from river_job
    where state = 'running'
      and case when attempted_by[cardinality(attempted_by)] ~ '^taohe/-?[0-9]+$'
              then pg_try_advisory_xact_lock(split_part(attempted_by[cardinality(attempted_by)], '/', 2)::bigint) end
)
update river_job j
set state = 'available', scheduled_at = now(), max_attempts = greatest(j.max_attempts, j.attempt + 1)
from left_behind l
where j.id = l.id and j.state = 'running'
returning j.id
