-- remove_webhook: has an address told no more.
-- @id
delete from ledger_webhook where id = @id
