-- gone_runs: the runs that seals and the ledger speak of and that are not there.
select x.run_id
from (select run_id from run_seal union select applied_run from ledger_feed) x
where not exists (select from run r where r.id = x.run_id)
order by x.run_id
