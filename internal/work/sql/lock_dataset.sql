-- lock_dataset: waits until no other session loads the dataset.
-- @dataset_id
select pg_advisory_lock(hashtextextended('taohe dataset ' || @dataset_id::bigint, 0))
