-- forget: deletes the copies of a dataset, and that they were given up.
-- @dataset_id
delete from generalised where dataset_id = @dataset_id
