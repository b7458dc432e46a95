-- states: how many runs, datasets, and jobs that people asked for are in each state.
select 'run' as what, status, count(*)::double precision as many from run group by status
union all
select 'dataset', status, count(*)::double precision from dataset group by status
union all
select 'job', status, count(*)::double precision from job group by status
order by what, status
