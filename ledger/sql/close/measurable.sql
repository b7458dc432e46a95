-- measurable: the open items that a run can measure: they rest on images, a run
-- of an earlier day found them, and they lie in its counties.
-- @campaign;  @run_id
select i.id
from ledger_item i
join run r on r.id = @run_id
where i.campaign = @campaign and i.state not in ('closed', 'dismissed') and i.imaged_on is not null and i.county_code = any(r.counties)
  and exists (select from ledger_sighting s where s.item_id = i.id and s.cycle = i.cycle and s.found and s.as_of < r.as_of)
order by i.id
