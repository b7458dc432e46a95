-- tally: what was done about the items of a campaign when an event was written:
-- how many had a measure taken, or were closed in a way, with the union of the
-- ground last found as theirs; by county, and of all counties where it is empty.
-- What a person dismissed does not count.
-- @campaign;  @until;  @counties;  @groups
-- @grid_degrees  grid of unions, negative for floating precision
with last as (
    select max(no) as no from ledger_event where campaign = @campaign and no <= @until and item_id is not null group by item_id
),
item as materialized (
    select s.id, s.county_code, s.state, s.closed_as
    from last
    join ledger_event e using (no)
    cross join lateral jsonb_populate_record(null::ledger_item, e.body::jsonb -> 'state') s
    where s.state <> 'dismissed' and s.county_code = any(@counties::text[]) and s.group_no = any(@groups::integer[])
),
noted as materialized (
    select closed_as as what, id, 0 as amount_yuan from item where state = 'closed'
    union all
    select m.kind, i.id, coalesce(sum(m.amount_yuan), 0)
    from ledger_measure m
    join item i on i.id = m.item_id
    where m.event_no <= @until
    group by m.kind, i.id
),
ground as materialized (
    select distinct on (g.item_id) g.item_id as id, g.geom
    from ledger_sighting g
    where g.found and g.event_no <= @until and g.item_id in (select id from noted)
    order by g.item_id, g.event_no desc
)
select n.what, coalesce(i.county_code, '') as county_code, count(*) as items, sum(n.amount_yuan)::double precision as amount_yuan,
       coalesce(ellipsoidal_area_m2(polygons_of(st_union(g.geom, @grid_degrees::double precision order by n.id))), 0) as ellipsoidal_area_m2
from noted n
join item i using (id)
left join ground g using (id)
group by grouping sets ((n.what, i.county_code), (n.what))
order by 1, 2
