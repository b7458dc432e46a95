-- describe_dataset: how the file was read.
-- @dataset_id;  @reference, @encoding, @mapping  jsonb
update dataset
set reference = @reference, encoding = @encoding, mapping = @mapping
where id = @dataset_id
