-- put_feed: writes that a run was put into the ledger, and returns it as the log keeps it.
-- @row  jsonb
insert into ledger_feed as t
select n.* from jsonb_populate_record(null::ledger_feed, @row::jsonb) n
returning to_jsonb(t)
