-- cut_large_rows: keeps large rows of a restricting layer in pieces too.
-- @layer;  @dataset_id
select cut_large_rows(@layer, @dataset_id)
