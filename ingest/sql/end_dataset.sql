-- end_dataset: closes a dataset that came to nothing.
-- @dataset_id;  @status  refused or failed;  @error  text or null
-- @rows_read, @rows_refused
update dataset
set status = @status, error = @error, rows_read = @rows_read, rows_refused = @rows_refused
where id = @dataset_id and status = 'loading'
