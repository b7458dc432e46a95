-- list_jobs: jobs, newest first.
-- @before  only smaller numbers, 0 for all;  @most  how many
select id, kind, run_id, asked, status, owner is null as queued, total, done, failed, coalesce(error, '') as error, created_at, started_at, finished_at,
       expires_at,
       case when status = 'running' and done + failed > 0 and kind not in ('annex1', 'annex2', 'briefing')
           then greatest(extract(epoch from clock_timestamp() - started_at)::double precision, 0) * (total - done - failed) / (done + failed) end as remaining_s
from job
where @before::bigint = 0 or id < @before
order by id desc
limit @most
