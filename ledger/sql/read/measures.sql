-- measures: the measures taken on an item by an event, as they were noted.
-- @item_id;  @until
select event_no, kind, number, taken_on, amount_yuan::double precision as amount_yuan, authority
from ledger_measure where item_id = @item_id and event_no <= @until
order by event_no
