-- county_figures: what the listed ground of each county adds up to, rule by
-- rule: places that are connected, ground of several patches once. What is
-- restored in one row and seen open in another is open.
-- @run_id
insert into county_figure (run_id, county_code, rule_code, ownership, restored, places, ellipsoidal_area_m2,
                           forest_m2, grassland_m2, forest_or_grassland_m2)
with listed as materialized (
    select p.county_code, g.rule_code, coalesce(d.ownership, 'ownership_unknown') as ownership, p.restored,
           st_union(g.geom order by g.geom) as geom, count(*) as patches,
           bool_or(g.forest_m2 is not null) as forest_filed, bool_or(g.grassland_m2 is not null) as grassland_filed
    from listed_ground g
    join run_patch p using (run_id, dataset_id, row_no)
    join disturbance d using (dataset_id, row_no)
    where g.run_id = @run_id and g.rule_code is not null
    group by 1, 2, 3, 4
),
open as (
    select l.*, polygons_of(case when o.geom is null then l.geom else difference_or_gridded(l.geom, o.geom) end) as ground
    from listed l
    left join lateral (
        select st_union(o.geom order by o.ownership) as geom
        from listed o
        where l.restored and not o.restored and o.county_code = l.county_code and o.rule_code = l.rule_code
    ) o on true
),
-- Only polygons near each other can be connected, so that thousands need not be
-- held against each other.
placed as materialized (
    select o.*, (select count(*) from (
                     select unnest(connected_parts(array_agg(n.geom order by n.path))) as part
                     from (select d.path, d.geom, st_clusterdbscan(d.geom, 1e-9, 1) over (order by d.path rows between unbounded preceding and unbounded following) as cluster
                           from st_dump(o.ground) d) n
                     group by n.cluster
                 ) c where ellipsoidal_area_m2(c.part) > 0.005) as places
    from open o
)
select @run_id::bigint, p.county_code, p.rule_code, p.ownership, p.restored, p.places, ellipsoidal_area_m2(p.ground),
       case when p.forest_filed then v.forest_m2 end, case when p.grassland_filed then v.grassland_m2 end,
       case when p.forest_filed and p.grassland_filed then v.either_m2 end
from placed p
-- Polygon by polygon: the box of them all is the county.
cross join lateral (
    select coalesce(sum(ellipsoidal_area_m2(i.forest) order by d.path), 0) as forest_m2,
           coalesce(sum(ellipsoidal_area_m2(i.grassland) order by d.path), 0) as grassland_m2,
           coalesce(sum(ellipsoidal_area_m2(polygons_of(st_union(array[i.forest, i.grassland]))) order by d.path), 0) as either_m2
    from st_dump(p.ground) d
    cross join lateral (
        select case when p.forest_filed then inside_restricting_layer(@run_id, p.county_code, 'forest', d.geom) end as forest,
               case when p.grassland_filed then inside_restricting_layer(@run_id, p.county_code, 'grassland', d.geom) end as grassland
        offset 0
    ) i
) v
where p.places > 0
order by 2, 3, 4, 5
