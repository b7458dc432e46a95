-- image_dates: the dates of the patches of a dataset.
-- @dataset_id
select distinct imaged_on
from disturbance
where dataset_id = @dataset_id
order by imaged_on
