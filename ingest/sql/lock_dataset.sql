-- lock_dataset: marks a dataset as being loaded by this transaction, so that a
-- program that starts can tell it from one whose loader died.
-- @dataset_id
select pg_advisory_xact_lock(hashtextextended('taohe dataset ' || @dataset_id::bigint, 0))
