-- drop_empty: takes out the rows of which repair left no ground.
-- Written for layer_table, the layer's own table.
-- @dataset_id
delete from layer_table
where dataset_id = @dataset_id and ellipsoidal_area_m2 = 0
returning source_row
