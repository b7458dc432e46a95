-- run: one run.
-- @run_id
select id, as_of, counties, rule_set, encode(rule_set_sha256, 'hex') as rule_set_sha256, status, mines_total, mines_done,
       mines_failed, mines_carried, partial, base_run_id, what_if, coalesce(encode(digest, 'hex'), '') as digest, coalesce(error, '') as error,
       created_at, started_at, finished_at
from run
where id = @run_id
