-- put_proposal: writes a proposal to close an item, and returns it as the log keeps it.
-- @row  jsonb
insert into ledger_proposal as t
select n.* from jsonb_populate_record(null::ledger_proposal, @row::jsonb) n
returning to_jsonb(t)
