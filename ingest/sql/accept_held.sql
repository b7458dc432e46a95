-- accept_held: takes the held rows of a dataset as repaired.
-- Written for layer_table, the layer's own table.
-- @dataset_id
update layer_table
set held = false
where dataset_id = @dataset_id and held
