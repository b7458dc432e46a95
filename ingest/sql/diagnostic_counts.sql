-- diagnostic_counts: how often each code was met in a dataset, stored or not.
-- @dataset_id
select code, severity, count
from dataset_diagnostic_count
where dataset_id = @dataset_id
order by code
