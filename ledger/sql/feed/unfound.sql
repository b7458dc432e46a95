-- unfound: the items of a campaign in the counties of a run whose ground the run
-- did not find and an earlier one did, and whether it asked: it asked of a mine it
-- computed, by a rule it could evaluate.
-- @run_id;  @campaign;  @found  items the run found
select i.id as item_id,
       not exists (
           select from run_not_evaluated n where n.run_id = @run_id and n.county_code = i.county_code and n.rule_code = i.rule_code)
       and (i.licence_no = '' or exists (
           select from run_mine m where m.run_id = @run_id and m.licence_no = i.licence_no and m.status = 'done')) as asked
from ledger_item i
join run r on r.id = @run_id
where i.campaign = @campaign and i.rule_code <> '' and i.found and i.county_code = any(r.counties) and i.id <> all(@found::bigint[])
order by i.id
