-- create_dataset_table: the table the rows of a dataset are loaded into, by name.
-- @layer, @county_code, @dataset_id
select create_dataset_table(@layer, @county_code, @dataset_id)
