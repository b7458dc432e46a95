-- unfinished_jobs: the jobs about one run or dataset that are not over.
-- @kind  run or import;  @about  the name of the argument;  @id  of the run or dataset
select id
from river_job
where kind = @kind and args ->> @about = (@id::bigint)::text and finalized_at is null
order by id
