-- fix_datasets: the versions that the run reads. A what-if run takes its staged
-- datasets as accepted.
-- @run_id  the run;  @as_of  its date;  @counties  its counties
insert into run_dataset (run_id, dataset_id)
select @run_id::bigint, v.id
from run r
cross join lateral versions_read(@as_of::date, @counties::text[], r.what_if) as v(id)
where r.id = @run_id
order by v.id
