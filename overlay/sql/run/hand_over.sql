-- hand_over: a run becomes the queue's.
-- @run_id
update run set owner = null where id = @run_id
