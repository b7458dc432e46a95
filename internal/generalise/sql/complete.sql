-- complete: notes that the copies of a dataset are made.
-- @dataset_id
update generalised set status = 'complete', completed_at = now() where dataset_id = @dataset_id
