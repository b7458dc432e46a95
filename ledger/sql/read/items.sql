-- items: some items as they are.
-- @item_ids
select id, event_no, campaign, county_code, licence_no, enterprise, mine_name, township, method_and_mineral, rule_code, problem_code,
       problem_type, group_no, problem, state, cycle, reason, measures, deadline, responsible, responsible_rank, contact, assigned_to,
       found, measured_m2, corrected_m2, imaged_on, first_seen_in_run, seen_in_run, closed_as, closed_on
from ledger_item where id = any(@item_ids::bigint[])
order by id
