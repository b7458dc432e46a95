-- lock_run: marks a run as being computed by this session, so that a program
-- that starts can tell it from one whose program died. False when another
-- session has it.
-- @run_id
select pg_try_advisory_lock(hashtextextended('taohe run ' || @run_id::bigint, 0))
