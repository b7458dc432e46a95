-- put_photograph: keeps a photograph, and returns what the log keeps of it.
-- @row  jsonb;  @jpeg  its bytes
insert into ledger_photograph as t (event_no, item_id, field_check_no, file_name, file_sha256, width, height, taken_at, longitude, latitude, jpeg)
select n.event_no, n.item_id, n.field_check_no, n.file_name, n.file_sha256, n.width, n.height, n.taken_at, n.longitude, n.latitude, @jpeg::bytea
from jsonb_populate_record(null::ledger_photograph, @row::jsonb) n
returning to_jsonb(t) - 'jpeg'
