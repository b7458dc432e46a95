-- run: one run; of one that is computed, how many seconds it will take yet, going
-- by what it took so far.
-- @run_id
select id, as_of, counties, rule_set, encode(rule_set_sha256, 'hex') as rule_set_sha256, status, mines_total, mines_done,
       mines_failed, mines_carried, partial, base_run_id, what_if, licence_nos, coalesce(encode(digest, 'hex'), '') as digest, coalesce(error, '') as error,
       created_at, started_at, finished_at,
       case when status = 'running' and mines_done + mines_failed > mines_carried
           then greatest(extract(epoch from clock_timestamp() - started_at)::double precision, 0)
                * (mines_total - mines_done - mines_failed) / (mines_done + mines_failed - mines_carried) end as remaining_s
from run
where id = @run_id
