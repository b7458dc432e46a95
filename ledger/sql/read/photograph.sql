-- photograph: the bytes of a photograph of an item.
-- @item_id;  @event_no
select jpeg from ledger_photograph where item_id = @item_id and event_no = @event_no
