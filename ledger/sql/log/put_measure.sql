-- put_measure: writes a measure that was taken, and returns it as the log keeps it.
-- @row  jsonb
insert into ledger_measure as t
select n.* from jsonb_populate_record(null::ledger_measure, @row::jsonb) n
returning to_jsonb(t)
