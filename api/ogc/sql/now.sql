-- now: the time of what this transaction sees.
select transaction_timestamp()
