-- put_field_check: writes a visit to the ground, and returns it as the log keeps it.
-- @row  jsonb
insert into ledger_field_check as t
select n.* from jsonb_populate_record(null::ledger_field_check, @row::jsonb) n
returning to_jsonb(t)
