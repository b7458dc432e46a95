-- drop_replaced: takes out the older rows whose key the added file has.
-- Written for layer_table, the layer's own table.
-- @dataset_id;  @file_no  the added file
delete from layer_table b
where b.dataset_id = @dataset_id and b.file_no <> @file_no and exists (
    select from layer_table n
    where n.dataset_id = b.dataset_id and n.file_no = @file_no and layer_key(b) is not distinct from layer_key(n))
returning b.source_row
