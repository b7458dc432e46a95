-- put_item: writes an item as an event leaves it, and returns it as the log keeps
-- it; its ground stays what it was when none is given.
-- @item  jsonb;  @ground  EWKB or null
insert into ledger_item as i (
    id, event_no, campaign, county_code, licence_no, enterprise, mine_name, township, method_and_mineral, rule_code, problem_code,
    problem_type, group_no, problem, state, cycle, reason, measures, deadline, responsible, responsible_rank, contact, assigned_to,
    found, measured_m2, corrected_m2, imaged_on, first_seen_in_run, seen_in_run, closed_as, closed_on, geom)
select n.id, n.event_no, n.campaign, n.county_code, n.licence_no, n.enterprise, n.mine_name, n.township, n.method_and_mineral, n.rule_code,
       n.problem_code, n.problem_type, n.group_no, n.problem, n.state, n.cycle, n.reason, n.measures, n.deadline, n.responsible,
       n.responsible_rank, n.contact, n.assigned_to, n.found, n.measured_m2, n.corrected_m2, n.imaged_on, n.first_seen_in_run,
       n.seen_in_run, n.closed_as, n.closed_on,
       coalesce(st_geomfromewkb(@ground::bytea), (select o.geom from ledger_item o where o.id = n.id))
from jsonb_populate_record(null::ledger_item, @item::jsonb) n
on conflict (id) do update set
    event_no = excluded.event_no, enterprise = excluded.enterprise, mine_name = excluded.mine_name, township = excluded.township,
    method_and_mineral = excluded.method_and_mineral, problem_code = excluded.problem_code, problem_type = excluded.problem_type,
    group_no = excluded.group_no, problem = excluded.problem, state = excluded.state, cycle = excluded.cycle, reason = excluded.reason,
    measures = excluded.measures, deadline = excluded.deadline, responsible = excluded.responsible,
    responsible_rank = excluded.responsible_rank, contact = excluded.contact, assigned_to = excluded.assigned_to, found = excluded.found,
    measured_m2 = excluded.measured_m2, corrected_m2 = excluded.corrected_m2, imaged_on = excluded.imaged_on,
    first_seen_in_run = excluded.first_seen_in_run, seen_in_run = excluded.seen_in_run, closed_as = excluded.closed_as,
    closed_on = excluded.closed_on, geom = excluded.geom
returning (
    -- All but the ground, by name: a row as a whole would be turned into JSON with it.
    select to_jsonb(kept)
    from (
        select i.id, i.event_no, i.campaign, i.county_code, i.licence_no, i.enterprise, i.mine_name, i.township, i.method_and_mineral,
               i.rule_code, i.problem_code, i.problem_type, i.group_no, i.problem, i.state, i.cycle, i.reason, i.measures, i.deadline,
               i.responsible, i.responsible_rank, i.contact, i.assigned_to, i.found, i.measured_m2, i.corrected_m2, i.imaged_on,
               i.first_seen_in_run, i.seen_in_run, i.closed_as, i.closed_on, i.ground_sha256
    ) kept
)
