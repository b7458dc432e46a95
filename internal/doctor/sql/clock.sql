-- clock: the server's, and the latest time at which something was written.
select clock_timestamp() as now,
       greatest((select max(at) from ledger_event), (select max(created_at) from run), (select max(created_at) from dataset),
                (select max(created_at) from job), '-infinity') as latest
