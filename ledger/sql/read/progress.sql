-- progress: how far the items of a campaign are on a day, by county and group.
-- Late is what is open after its deadline; on schedule what is as far as the
-- phases that are over ask for and not late. An item whose own deadline is still
-- to come need not be closed.
-- @campaign;  @on;  @soon  the last day that is due soon
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
    select *, state not in ('closed', 'dismissed') as open, coalesce(array_position(@path, state), 0) as at
    from ledger_item where campaign = @campaign
) i
group by county_code, group_no
order by county_code, group_no
