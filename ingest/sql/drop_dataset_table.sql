-- drop_dataset_table: takes the table of a dataset away with its rows.
-- @layer, @dataset_id
select drop_dataset_table(@layer, @dataset_id)
