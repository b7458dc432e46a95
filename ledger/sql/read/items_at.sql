-- items_at: the items of a campaign as they were when an event was written, by
-- number, out of the log.
-- @campaign;  @until;  @licence_no  null for all
with last as (
    select max(no) as no
    from ledger_event
    where campaign = @campaign and no <= @until
      and (@licence_no::text is null and item_id is not null
           or item_id in (select id from ledger_item where campaign = @campaign and licence_no = @licence_no))
    group by item_id
)
select s.id, s.event_no, s.campaign, s.county_code, s.licence_no, s.enterprise, s.mine_name, s.township, s.method_and_mineral, s.rule_code,
       s.problem_code, s.problem_type, s.group_no, s.problem, s.state, s.cycle, s.reason, s.measures, s.deadline, s.responsible,
       s.responsible_rank, s.contact, s.assigned_to, s.found, s.measured_m2, s.corrected_m2, s.imaged_on, s.first_seen_in_run,
       s.seen_in_run, s.closed_as, s.closed_on
from last
join ledger_event e using (no)
cross join lateral jsonb_populate_record(null::ledger_item, e.body::jsonb -> 'state') s
order by s.id
