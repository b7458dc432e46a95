-- ground: what later images of a run show on the ground of an item, piece by
-- piece as the newest image decides that looked at it. An image looked where its
-- footprint says so, and where it shows a patch. What is disturbed remains,
-- whatever its kind and whose ever it is.
-- @item_id;  @run_id
with base as materialized (
    select i.county_code, polygons_of(st_union(s.geom order by s.event_no)) as geom, max(s.imaged_on) as imaged_on
    from ledger_item i
    join run r on r.id = @run_id
    join ledger_sighting s on s.item_id = i.id and s.cycle = i.cycle and s.found and s.as_of < r.as_of
    where i.id = @item_id
    group by i.county_code
),
seen as materialized (
    select d.imaged_on, p.restored, polygons_of(intersection_or_gridded(clipped_near(d.geom, b.geom), b.geom)) as geom
    from base b
    join disturbance d on d.geom && b.geom and d.imaged_on > b.imaged_on
    join run_patch p on p.run_id = @run_id and p.dataset_id = d.dataset_id and p.row_no = d.row_no
),
looked as materialized (
    select imaged_on, polygons_of(st_union(geom)) as geom
    from (
        select f.imaged_on,
               case when f.geom is null then b.geom else polygons_of(intersection_or_gridded(f.geom, b.geom)) end as geom
        from base b
        join run_dataset u on u.run_id = @run_id
        join dataset d on d.id = u.dataset_id and d.layer = 'disturbance'
        join footprint f on f.dataset_id = d.id and f.imaged_on > b.imaged_on
        join run r on r.id = @run_id and f.imaged_on <= r.as_of
        where f.geom && b.geom or f.geom is null and d.county_code = b.county_code
        union all
        select imaged_on, geom from seen
    ) x
    where not st_isempty(geom)
    group by imaged_on
),
decided as materialized (
    select l.imaged_on, polygons_of(case when newer.geom is null then l.geom else difference_or_gridded(l.geom, newer.geom) end) as geom
    from looked l
    cross join lateral (select st_union(n.geom order by n.imaged_on) as geom from looked n where n.imaged_on > l.imaged_on) newer
),
remaining as materialized (
    select d.imaged_on, ellipsoidal_area_m2(polygons_of(intersection_or_gridded(d.geom, s.geom))) as m2
    from decided d
    join (select imaged_on, polygons_of(st_union(geom)) as geom from seen where not restored group by imaged_on) s using (imaged_on)
)
select b.imaged_on as base_imaged_on, ellipsoidal_area_m2(b.geom) as ground_m2,
       (select max(imaged_on) from decided where ellipsoidal_area_m2(geom) > 1e-6) as newest_imaged_on,
       coalesce((select sum(ellipsoidal_area_m2(geom)) from decided), 0) as observed_m2,
       coalesce((select sum(m2) from remaining), 0) as remaining_m2
from base b
