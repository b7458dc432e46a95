-- read_dataset: the layer of an accepted dataset.
-- @dataset_id
select layer from dataset where id = @dataset_id and status = 'accepted'
