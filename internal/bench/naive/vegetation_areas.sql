-- vegetation_areas: what naive/vegetation.sql computes, from the same ground, in
-- the way of restricting_hit: by connected piece of the ground, covered parcels by
-- their stored area, the others cut by what of the piece lies in and around their
-- box, measured in the equal-area plane. No ground is stored.
insert into naive.vegetation_areas
with piece as materialized (
    select g.licence_no, d.geom from naive.ground g cross join lateral st_dump(g.geom) d
),
forestry as materialized (
    select layer, st_union(coverage) as geom from dataset where source = 'forestry' and coverage is not null group by layer
),
inside as materialized (
    select p.licence_no, r.layer, r.class, s.source, i.geom,
           case when c.covered then r.ellipsoidal_area_m2 else ellipsoidal_area_m2(i.geom) end as area_m2
    from piece p
    cross join lateral (
        select layer, dataset_id, class, geom, ellipsoidal_area_m2
        from restricting_ground
        where layer in ('forest', 'grassland') and geom && p.geom
        offset 0
    ) r
    join dataset s on s.id = r.dataset_id
    cross join lateral (
        select case when st_intersects(p.geom, r.geom) then st_covers(p.geom, r.geom) end as covered offset 0
    ) c
    cross join lateral (
        select case when c.covered then r.geom else polygons_of(st_intersection(r.geom, clipped_near(p.geom, r.geom))) end as geom
        where c.covered is not null
        offset 0
    ) i
)
select i.licence_no, i.layer, i.class,
       sum(case when i.source = 'land_survey' and st_intersects(f.geom, i.geom)
                then ellipsoidal_area_m2(st_difference(i.geom, clipped_near(f.geom, i.geom))) else i.area_m2 end) as area_m2
from inside i
left join forestry f using (layer)
group by i.licence_no, i.layer, i.class
