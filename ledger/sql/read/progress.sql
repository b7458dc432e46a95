-- progress: how far the items of a campaign are on a day, by county and group, as
-- they are or as an event left them.
-- Late is what is open after its deadline; on schedule what is as far as the
-- phases that are over ask for and not late. An item whose own deadline is still
-- to come need not be closed.
-- @campaign;  @until  null for as they are;  @on;  @soon  the last day that is due soon
-- @path  states in their order;  @expected  place in it that the phases ask for, 0 for none
select county_code, group_no, count(*) as items,
       count(*) filter (where state = 'lead') as leads,
       count(*) filter (where state = 'confirmed') as confirmed,
       count(*) filter (where state = 'dismissed') as dismissed,
       count(*) filter (where state = 'rectifying') as rectifying,
       count(*) filter (where state = 'awaiting_acceptance') as awaiting_acceptance,
       count(*) filter (where state = 'closed') as closed,
       count(*) filter (where open and deadline < @on::date) as overdue,
       count(*) filter (where open and deadline between @on and @soon) as due_soon,
       count(*) filter (where state = 'closed' or open and deadline >= @on
           and (at >= @expected::integer or @expected = cardinality(@path::text[]) and at >= 2)) as on_schedule
from (
    select county_code, group_no, state, deadline, state not in ('closed', 'dismissed') as open, coalesce(array_position(@path, state), 0) as at
    from (
        select county_code, group_no, state, deadline from ledger_item where campaign = @campaign and @until::bigint is null
        union all
        select s.county_code, s.group_no, s.state, s.deadline
        from (select max(no) as no from ledger_event where campaign = @campaign and no <= @until and item_id is not null group by item_id) last
        join ledger_event e using (no)
        cross join lateral jsonb_populate_record(null::ledger_item, e.body::jsonb -> 'state') s
    ) known
) i
group by county_code, group_no
order by county_code, group_no
