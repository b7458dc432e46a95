-- shares: the ground a run found, divided among the items of a campaign. A
-- connected part of a finding is the item's on whose ground it lies; where it
-- lies on the ground of several, each keeps its own and the one with most takes
-- the rest; what lies on nobody's is new. A patch of no mine is a finding by
-- itself, and its items are those of its county.
-- @run_id;  @campaign;  @same_ground_m2  overlap from which ground is the same item's
-- @on_ground  rules whose findings rest on images
with unit as materialized (
    select f.licence_no, f.rule_code, m.county_code, 0::bigint as dataset_id, 0 as row_no, f.geom, f.ellipsoidal_area_m2 as m2, null::date as imaged_on
    from run_finding f
    join run_mine m using (run_id, licence_no)
    where f.run_id = @run_id
    union all
    select '', g.rule_code, p.county_code, g.dataset_id, g.row_no, g.geom, g.ellipsoidal_area_m2, d.imaged_on
    from listed_ground g
    join run_patch p using (run_id, dataset_id, row_no)
    join disturbance d using (dataset_id, row_no)
    where g.run_id = @run_id and g.rule_code is not null and not p.restored
      and (p.licence_no is null or d.ownership = 'ownerless' or p.attributed_by = 'distance')
),
part as materialized (
    select row_number() over (order by u.licence_no, u.rule_code, u.county_code, u.dataset_id, u.row_no, d.path) as part_no,
           u.licence_no, u.rule_code, u.county_code, u.dataset_id, u.row_no, u.imaged_on, d.geom,
           count(*) over (partition by u.licence_no, u.rule_code, u.county_code, u.dataset_id, u.row_no) as of_unit
    from unit u
    cross join lateral st_dump(u.geom) d
),
touch as materialized (
    select p.part_no, i.id as item_id, i.geom as ground, ellipsoidal_area_m2(x.geom) as m2
    from part p
    join ledger_item i on i.campaign = @campaign and i.licence_no = p.licence_no and i.rule_code = p.rule_code
        and (p.licence_no <> '' or i.county_code = p.county_code) and i.geom && p.geom
    cross join lateral (select polygons_of(intersection_or_gridded(clipped_near(i.geom, p.geom), p.geom)) as geom) x
    where ellipsoidal_area_m2(x.geom) > least(@same_ground_m2, ellipsoidal_area_m2(p.geom) / 2)
),
contested as materialized (
    select part_no, st_union(ground order by item_id) as ground, (array_agg(item_id order by round(m2::numeric, 2) desc, item_id))[1] as most
    from touch group by part_no having count(*) > 1
),
piece as materialized (
    select p.part_no, t.item_id, p.geom, true as uncut
    from part p
    left join touch t using (part_no)
    where not exists (select from contested c where c.part_no = p.part_no)
    union all
    select p.part_no, t.item_id, own.geom, false
    from contested c
    join part p using (part_no)
    join touch t using (part_no)
    cross join lateral (
        select st_union(o.ground order by o.item_id) as geom from touch o where o.part_no = t.part_no and o.item_id < t.item_id
    ) elder
    cross join lateral (select polygons_of(intersection_or_gridded(t.ground, p.geom)) as geom) mine
    cross join lateral (select polygons_of(case when elder.geom is null then mine.geom else difference_or_gridded(mine.geom, elder.geom) end) as geom) own
    where not st_isempty(own.geom)
    union all
    select p.part_no, c.most, rest.geom, false
    from contested c
    join part p using (part_no)
    cross join lateral (select polygons_of(difference_or_gridded(p.geom, c.ground)) as geom) rest
    where not st_isempty(rest.geom)
),
-- What is new of a mine and a rule is one item; of no mine, one a patch.
shared as materialized (
    select p.licence_no, p.rule_code, p.county_code, x.item_id, max(p.imaged_on) as imaged_on,
           (array_agg(p.dataset_id order by p.dataset_id, p.row_no))[1] as dataset_id,
           (array_agg(p.row_no order by p.dataset_id, p.row_no))[1] as row_no,
           bool_and(x.uncut) and count(distinct (p.dataset_id, p.row_no)) = 1 and count(*) = max(p.of_unit) as whole,
           array_agg(x.geom order by x.part_no, x.uncut, x.geom) as pieces
    from piece x
    join part p using (part_no)
    group by p.licence_no, p.rule_code, p.county_code, x.item_id,
             case when p.licence_no = '' and x.item_id is null then p.dataset_id end, case when p.licence_no = '' and x.item_id is null then p.row_no end
),
share as materialized (
    select s.licence_no, s.rule_code, s.county_code, s.item_id, s.dataset_id, s.row_no, s.whole, s.imaged_on,
           case when s.whole then u.geom else g.geom end as geom,
           case when s.whole then u.m2 else ellipsoidal_area_m2(g.geom) end as m2
    from shared s
    join unit u using (licence_no, rule_code, county_code, dataset_id, row_no)
    cross join lateral (select case when not s.whole then polygons_of(st_union(s.pieces)) end as geom) g
)
select s.licence_no, s.rule_code, s.county_code, coalesce(s.item_id, 0) as item_id, s.dataset_id, s.row_no, s.whole, s.m2,
       case when s.rule_code = any(@on_ground::text[]) then coalesce(s.imaged_on, seen.imaged_on) end as imaged_on,
       st_asewkb(s.geom) as ground,
       case when i.geom is null then st_asewkb(s.geom)
            when st_asbinary(i.geom) = st_asbinary(s.geom) then st_asewkb(i.geom)
            else st_asewkb(polygons_of(st_union(i.geom, s.geom))) end as ever,
       coalesce(last.found, false) as was_found, coalesce(last.ellipsoidal_area_m2, 0) as was_m2,
       case when last.geom is null then s.m2 when same.ground then 0
            else ellipsoidal_area_m2(ground_without(s.geom, last.geom)) end as gained_m2,
       case when last.geom is null or same.ground then 0
            else ellipsoidal_area_m2(ground_without(last.geom, s.geom)) end as lost_m2
from share s
left join ledger_item i on i.id = s.item_id
left join lateral (
    select found, geom, ellipsoidal_area_m2 from ledger_sighting where item_id = s.item_id order by event_no desc limit 1
) last on true
cross join lateral (select st_asbinary(last.geom) = st_asbinary(s.geom) as ground) same
left join lateral (
    select max(d.imaged_on) as imaged_on
    from run_finding_citation c
    join disturbance d using (dataset_id, row_no)
    where s.licence_no <> '' and c.run_id = @run_id and c.licence_no = s.licence_no and c.rule_code = s.rule_code and c.role = 'patch'
      and d.geom && s.geom
      and (s.whole or ellipsoidal_area_m2(polygons_of(intersection_or_gridded(clipped_near(d.geom, s.geom), s.geom))) > 1e-6)
) seen on true
order by s.county_code, s.licence_no, s.rule_code, s.dataset_id, s.row_no, s.item_id nulls last
