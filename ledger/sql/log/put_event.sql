-- put_event: writes an event at the end of the log.
-- @no;  @at;  @campaign;  @item_id  null for none;  @kind;  @actor;  @body;  @sha256
insert into ledger_event (no, at, campaign, item_id, kind, actor, body, sha256)
values (@no, @at, @campaign, @item_id, @kind, @actor, @body, @sha256)
