-- events: the log after an event, in its order.
-- @campaign  null for all;  @item_id  null for all;  @after;  @max_rows
select no, at, campaign, item_id, kind, actor, body, sha256
from ledger_event
where no > @after and (@campaign::text is null or campaign = @campaign) and (@item_id::bigint is null or item_id = @item_id)
order by no
limit @max_rows
