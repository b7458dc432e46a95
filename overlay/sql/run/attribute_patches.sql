-- attribute_patches: gives each patch seen up to the as-of date, and not
-- restored by then (abandoned pits also restored), to the mine it names; else to the mining right it overlaps
-- most, the smaller number where overlaps are alike to 0.01 m²; else to the nearest, unconfirmed (to 0.1 m); else to none. Patches of another
-- county's mines are that county's.
-- @run_id, @as_of, @counties  the run;  @attribution_distance_m  geodesic metres
insert into run_patch (run_id, dataset_id, row_no, county_code, licence_no, attributed_by, confirmed, restored, overlap_m2, distance_m)
with licence as materialized (
    select m.licence_no, polygons_of(st_union(sound(m.geom) order by m.geom)) as geom
    from mining_right m
    join run_dataset r using (dataset_id)
    where r.run_id = @run_id and not m.held
    group by m.licence_no
),
patch as materialized (
    select d.county_code, d.dataset_id, d.row_no, d.licence_no, d.kind, case when d.licence_no is null then sound(d.geom) else d.geom end as geom, d.imaged_on,
           coalesce(d.restored_on <= @as_of, false) as restored
    from disturbance d
    join run_dataset r using (dataset_id)
    where r.run_id = @run_id and not d.held and d.imaged_on <= @as_of
      and (d.restored_on is null or d.restored_on > @as_of or d.kind = 'abandoned_pit')
),
-- The barriers of OFFSET let boxes be compared before anything is measured.
near as materialized (
    select p.dataset_id, p.row_no, p.geom, m.licence_no, l.geom as licence
    from (select dataset_id, row_no, geom, @attribution_distance_m / (110000 * greatest(cos(radians(st_ymax(geom))), 0.1)) as reach
          from patch where licence_no is null) p
    cross join lateral (
        select distinct m.licence_no
        from mining_right m
        join run_dataset r using (dataset_id)
        where r.run_id = @run_id and not m.held and m.geom && st_expand(p.geom, p.reach)
        offset 0
    ) m
    join licence l using (licence_no)
),
overlap as materialized (
    select distinct on (n.dataset_id, n.row_no) n.dataset_id, n.row_no, n.licence_no, i.overlap_m2
    from (select * from near where licence && geom offset 0) n
    cross join lateral (select ellipsoidal_area_m2(polygons_of(st_intersection(n.licence, n.geom))) as overlap_m2 offset 0) i
    where i.overlap_m2 >= 0.005
    order by n.dataset_id, n.row_no, round(i.overlap_m2::numeric, 2) desc, n.licence_no
),
nearest as materialized (
    select distinct on (n.dataset_id, n.row_no) n.dataset_id, n.row_no, n.licence_no, d.distance_m
    from (select * from near p where not exists (select from overlap o where o.dataset_id = p.dataset_id and o.row_no = p.row_no) offset 0) n
    cross join lateral (select geodesic_distance_m(n.licence, n.geom) as distance_m offset 0) d
    where d.distance_m <= @attribution_distance_m
    order by n.dataset_id, n.row_no, round(d.distance_m::numeric, 1), n.licence_no
),
attributed as (
    select p.county_code, p.dataset_id, p.row_no, p.kind, p.restored,
           case when p.licence_no is not null then l.licence_no else coalesce(o.licence_no, n.licence_no) end as licence_no,
           case when l.licence_no is not null then 'named'
                when p.licence_no is not null then 'unknown_licence'
                when o.licence_no is not null then 'overlap'
                when n.licence_no is not null then 'distance'
                else 'none' end as attributed_by,
           o.overlap_m2, n.distance_m
    from patch p
    left join licence l on l.licence_no = p.licence_no
    left join overlap o on o.dataset_id = p.dataset_id and o.row_no = p.row_no
    left join nearest n on n.dataset_id = p.dataset_id and n.row_no = p.row_no
)
select @run_id::bigint, a.dataset_id, a.row_no, coalesce(m.county_code, a.county_code), m.licence_no, a.attributed_by,
       a.attributed_by = 'named' or a.attributed_by = 'overlap' and a.kind not in ('road', 'construction'),
       a.restored, a.overlap_m2, a.distance_m
from attributed a
left join run_mine m on m.run_id = @run_id and m.licence_no = a.licence_no
where m.licence_no is not null
   or a.licence_no is null and a.county_code = any(@counties::text[])
order by a.dataset_id, a.row_no
