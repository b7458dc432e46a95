-- now: the time of what this transaction sees: nothing of that is later, though the
-- clock may have been put back since.
select greatest(transaction_timestamp(), (select max(accepted_at) from dataset), (select max(finished_at) from run where status = 'complete'))
