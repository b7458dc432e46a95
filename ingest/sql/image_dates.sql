-- image_dates: the dates of the patches of one file of a dataset.
-- @dataset_id;  @file_no
select distinct imaged_on
from disturbance
where dataset_id = @dataset_id and file_no = @file_no
order by imaged_on
