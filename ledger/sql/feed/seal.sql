-- seal: one hash over the seals of a run's tables.
-- @run_id
select coalesce(encode(seal_of_run(@run_id), 'hex'), '')
