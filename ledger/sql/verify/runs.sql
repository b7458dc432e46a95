-- runs: the runs that are complete, or once were, with the program that computed them and the
-- seal that the log keeps of those that were put into the ledger.
select r.id, r.as_of, r.rule_set, coalesce(encode(r.digest, 'hex'), '') as digest, split_part(r.engine, ' ', 1) as program,
       coalesce(f.run_seal, '') as kept_seal, coalesce(f.run_digest, '') as kept_digest
from run r
left join lateral (select run_seal, run_digest from ledger_feed where applied_run = r.id order by event_no limit 1) f on true
where r.status = 'complete' or f.run_seal is not null or exists (select from run_seal s where s.run_id = r.id)
order by r.id
