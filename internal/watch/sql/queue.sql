-- queue: the jobs of the queue by kind and state, and how long the oldest that could be begun has waited.
select kind, state::text, count(*)::double precision as jobs,
       coalesce(extract(epoch from clock_timestamp() - min(scheduled_at) filter (where state in ('available', 'retryable') and scheduled_at <= clock_timestamp())), 0)::double precision as waited_s
from river_job
group by kind, state
order by kind, state
