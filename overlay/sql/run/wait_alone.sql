-- wait_alone: whether this transaction is the one that waits for the mines of a
-- run that others hold. One is enough, the others have better things to do.
-- @run_id
select pg_try_advisory_xact_lock(hashtextextended('taohe run ' || @run_id::bigint, 0))
