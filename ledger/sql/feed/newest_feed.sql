-- newest_feed: whether a run was in a campaign's ledger by an event, and the
-- newest as-of date of those that were and share a county with it.
-- @run_id;  @campaign;  @until
select coalesce(bool_or(f.applied_run = r.id), false) as applied, max(f.as_of) filter (where f.counties && r.counties) as newest
from run r
left join ledger_feed f on f.campaign = @campaign and f.event_no <= @until
where r.id = @run_id
group by r.id
