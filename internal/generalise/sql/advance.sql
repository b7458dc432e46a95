-- advance: notes that the copies of more rows are made.
-- @dataset_id;  @done_row_no
update generalised set done_row_no = @done_row_no where dataset_id = @dataset_id
