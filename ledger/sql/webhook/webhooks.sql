-- webhooks: the addresses that are told of events, and the time.
select id, url, secret, delivered_no, failing_since, last_error, created_at, now() as looked_at from ledger_webhook
order by id
