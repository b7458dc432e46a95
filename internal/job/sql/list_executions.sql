-- list_executions: runs, and the jobs that make papers of them, as one list, the
-- latest first. A number of job 0 is that of the run itself.
-- @run_id, @job_id  of one execution, null for all;  @processes, @statuses  empty for all
-- @created_from, @created_to  null for open;  @min_s, @max_s  seconds it took, or takes so far; null for any
-- @before_created, @before_job, @before_id  where a page begins, null for the first;  @most  how many
select process, kind, run_id, job_id, status, total, done, failed, error, created_at, started_at, finished_at, expires_at, wanted
from (
    select 'overlay' as process, 'run' as kind, r.id as run_id, 0::bigint as job_id, r.id as number, r.status, r.mines_total as total, r.mines_done as done,
           r.mines_failed as failed, coalesce(r.error, '') as error, r.created_at, r.started_at, r.finished_at, null::timestamptz as expires_at,
           e.wanted
    from run r
    left join execution e on e.of_run_id = r.id
    union all
    select case when j.kind = 'dossiers' then 'dossiers' else 'paper' end, j.kind, j.run_id, j.id, j.id, j.status, j.total, j.done, j.failed,
           coalesce(j.error, ''), j.created_at, j.started_at, j.finished_at, j.expires_at, e.wanted
    from job j
    left join execution e on e.of_job_id = j.id
    where j.kind in ('dossiers', 'annex1', 'annex2', 'briefing')
) x
where (@run_id::bigint is null or x.run_id = @run_id)
  and (@job_id::bigint is null or x.job_id = @job_id)
  and (cardinality(@processes::text[]) = 0 or x.process = any (@processes))
  and (cardinality(@statuses::text[]) = 0 or x.status = any (@statuses))
  and (@created_from::timestamptz is null or x.created_at >= @created_from)
  and (@created_to::timestamptz is null or x.created_at <= @created_to)
  and (@min_s::float8 is null or coalesce(x.finished_at, now()) - x.started_at >= make_interval(secs => @min_s))
  and (@max_s::float8 is null or coalesce(x.finished_at, now()) - x.started_at <= make_interval(secs => @max_s))
  and (@before_created::timestamptz is null
       or (x.created_at, x.job_id > 0, x.number) < (@before_created, @before_job::bool, @before_id::bigint))
order by x.created_at desc, x.job_id > 0 desc, x.number desc
limit @most
