-- events: the whole log in its order.
select no, at, campaign, item_id, kind, actor, body, sha256 from ledger_event
order by no
