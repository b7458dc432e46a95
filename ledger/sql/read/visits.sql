-- visits: the field checks of an item.
-- @item_id
select event_no, checked_on, officers, corrected_m2, longitude, latitude from ledger_field_check where item_id = @item_id
order by event_no
