-- lock_head: the end of the log, held until the transaction ends, and the time.
select no, sha256, date_trunc('microseconds', clock_timestamp()) as at from ledger_head for update
