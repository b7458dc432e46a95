-- moment: the last event of a campaign up to an event of the log, and whether the
-- log has come so far.
-- @campaign;  @until
select @until::bigint <= h.no as reached, coalesce(e.no, 0) as no, coalesce(e.at, 'epoch') as at, coalesce(e.sha256, '') as sha256
from ledger_head h
left join lateral (
    select no, at, sha256 from ledger_event where campaign = @campaign and no <= @until order by no desc limit 1
) e on true
