-- loading_base: the version that the dataset builds on, or null; no row unless it
-- is still to be loaded.
-- @dataset_id
select base_id from dataset where id = @dataset_id and status = 'loading'
