-- measures: the measures taken on an item, as they were noted.
-- @item_id
select event_no, kind, number, taken_on, amount_yuan::double precision as amount_yuan, authority
from ledger_measure where item_id = @item_id
order by event_no
