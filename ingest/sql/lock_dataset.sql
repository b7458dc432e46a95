-- lock_dataset: one dataset that nobody else changes, and no run begins to read,
-- until the transaction ends; waiting for others is given up soon.
-- @dataset_id
select layer, status, set_config('lock_timeout', '3s', true)
from dataset
where id = @dataset_id
for update
