-- hand_over: a dataset becomes the queue's.
-- @dataset_id
update dataset set owner = null where id = @dataset_id
