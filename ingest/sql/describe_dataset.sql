-- describe_dataset: how the file was read.
-- @dataset_id;  @reference, @encoding, @mapping  jsonb;  @column_shape  the columns of the file
update dataset
set reference = @reference, encoding = @encoding, mapping = @mapping, column_shape = @column_shape
where id = @dataset_id
