-- unlock_dataset: lets others load the dataset.
-- @dataset_id
select pg_advisory_unlock(hashtextextended('taohe dataset ' || @dataset_id::bigint, 0))
