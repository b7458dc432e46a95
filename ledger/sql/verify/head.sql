-- head: where the log says that it ends.
select no, sha256, one from ledger_head
order by one
