-- add_webhook: registers an address, unless it is.
-- @url;  @secret;  @after  the event after which it is told
insert into ledger_webhook (url, secret, delivered_no)
select @url, @secret, least(@after::bigint, (select no from ledger_head))
on conflict (url) do nothing
returning id
