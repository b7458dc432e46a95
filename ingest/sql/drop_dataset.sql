-- drop_dataset: deletes a dataset with what was said of it; its rows have gone.
-- @dataset_id
delete from dataset where id = @dataset_id
