-- beyond: what a run finds of an item's mine and rule outside the ground that
-- runs of earlier days found as the item's: grown where it is connected with the
-- item's ground, moved where it lies apart, was first seen on a later image, is
-- on the ground of no item as old, and this item is the nearest.
-- @item_id;  @run_id;  @same_ground_m2;  @moved_within_m
with item as materialized (
    select i.id, i.campaign, i.county_code, i.licence_no, i.rule_code,
           polygons_of(st_union(s.geom order by s.event_no)) as geom, max(s.imaged_on) as imaged_on
    from run r
    join ledger_item me on me.id = @item_id
    join ledger_item i on i.campaign = me.campaign and i.licence_no = me.licence_no and i.rule_code = me.rule_code
        and (me.licence_no <> '' or i.county_code = me.county_code)
    join ledger_sighting s on s.item_id = i.id and s.cycle = i.cycle and s.found and s.as_of < r.as_of
    where r.id = @run_id
    group by i.id
),
me as materialized (select * from item where id = @item_id),
others as materialized (
    select st_union(o.geom order by o.id) as geom from item o join me on o.id <> me.id and o.imaged_on <= me.imaged_on
),
part as materialized (
    select row_number() over (order by x.dataset_id, x.row_no, d.path) as part_no, d.geom, x.imaged_on
    from (
        select 0::bigint as dataset_id, 0 as row_no, f.geom, null::date as imaged_on
        from run_finding f join me on f.licence_no = me.licence_no and f.rule_code = me.rule_code
        where f.run_id = @run_id
        union all
        select g.dataset_id, g.row_no, g.geom, d.imaged_on
        from me
        join listed_ground g on me.licence_no = '' and g.run_id = @run_id and g.rule_code = me.rule_code
        join run_patch p using (run_id, dataset_id, row_no)
        join disturbance d using (dataset_id, row_no)
        where p.county_code = me.county_code and not p.restored
          and (p.licence_no is null or d.ownership = 'ownerless' or p.attributed_by = 'distance')
    ) x
    cross join lateral st_dump(x.geom) d
),
-- What no later image shows is asked nothing more.
cited as materialized (
    select d.geom
    from me
    join run_finding_citation c on c.run_id = @run_id and c.licence_no = me.licence_no and c.rule_code = me.rule_code and c.role = 'patch'
    join disturbance d on d.dataset_id = c.dataset_id and d.row_no = c.row_no and d.imaged_on > me.imaged_on
),
later as materialized (
    select p.part_no, p.geom
    from part p
    cross join me
    where case when p.imaged_on is not null then p.imaged_on > me.imaged_on
               else exists (
                   select from cited c
                   where c.geom && p.geom
                     and ellipsoidal_area_m2(polygons_of(intersection_or_gridded(clipped_near(c.geom, p.geom), p.geom))) > 1e-6) end
),
judged as materialized (
    select l.part_no, l.geom,
           ellipsoidal_area_m2(polygons_of(intersection_or_gridded(me.geom, l.geom))) > least(@same_ground_m2, ellipsoidal_area_m2(l.geom) / 2) as own,
           polygons_of(case when others.geom is null then l.geom else difference_or_gridded(l.geom, others.geom) end) as free
    from later l
    cross join me
    cross join others
)
select coalesce(sum(ellipsoidal_area_m2(polygons_of(difference_or_gridded(j.free, me.geom)))) filter (where j.own), 0) as grown_m2,
       coalesce(sum(ellipsoidal_area_m2(j.geom)) filter (where not j.own
           and ellipsoidal_area_m2(j.geom) - ellipsoidal_area_m2(j.free) <= @same_ground_m2
           and nearest.id = me.id and nearest.m <= @moved_within_m), 0) as moved_m2
from judged j
cross join me
cross join lateral (
    select o.id, geodesic_distance_m(o.geom, j.geom) as m
    from item o
    where o.imaged_on <= me.imaged_on
    order by m, o.id
    limit 1
) nearest
