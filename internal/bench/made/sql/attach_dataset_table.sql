-- attach_dataset_table: makes the loaded table of a dataset part of its layer.
-- @layer, @county_code, @dataset_id
select attach_dataset_table(@layer, @county_code, @dataset_id)
