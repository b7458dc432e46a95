-- photographs: the photographs of an item, without their bytes.
-- @item_id
select event_no, field_check_no, file_name, file_sha256, jpeg_sha256, length(jpeg) as bytes, width, height, taken_at, longitude, latitude
from ledger_photograph where item_id = @item_id
order by event_no
