-- covering_approval: the accepted approvals of a number and of some kinds that
-- are in force on a day, when the newest was given, and how much of what was last
-- found of an item lies outside them.
-- @item_id;  @approval_no;  @kinds;  @on
with newest as (
    select distinct on (d.county_code, d.source) d.id
    from dataset d
    where d.layer = 'land_approval' and d.status = 'accepted'
    order by d.county_code, d.source, d.vintage desc, d.id desc
),
approval as materialized (
    select l.approved_on, l.geom
    from land_approval l
    join newest n on n.id = l.dataset_id
    where l.approval_no = @approval_no and l.kind = any(@kinds::text[]) and not l.held
      and greatest(l.approved_on, l.valid_from) <= @on::date and (l.valid_to is null or l.valid_to >= @on) and l.returned_on is null
)
select (select count(*) from approval) as approvals, (select max(approved_on) from approval) as approved_on,
       ellipsoidal_area_m2(case when a.geom is null then s.geom else ground_without(s.geom, a.geom) end) as outside_m2
from (select geom from ledger_sighting where item_id = @item_id and found order by event_no desc limit 1) s
cross join (select st_union(geom order by approved_on) as geom from approval) a
