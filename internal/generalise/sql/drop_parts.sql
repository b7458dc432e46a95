-- drop_parts: deletes what cells were made of.
-- @dataset_id
delete from generalised_part where dataset_id = @dataset_id
