-- due_webhooks: the addresses that were not told of all events.
select id from ledger_webhook where delivered_no < (select no from ledger_head)
order by id
