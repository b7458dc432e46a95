-- vegetation_areas: what naive/vegetation.sql computes, from the same ground, in
-- the way of restricting_hit: by connected piece of the ground, covered parcels by
-- their stored area, the others cut by what of the piece lies in and around their
-- box, measured in the equal-area plane. No ground is stored.
insert into naive.vegetation_areas
with piece as materialized (
    select g.licence_no, d.geom, l.layer, f.geom as forestry
    from naive.ground g
    cross join lateral st_dump(g.geom) d
    cross join (values ('forest'), ('grassland')) as l(layer)
    left join lateral (
        select st_union(clipped_near(coverage, d.geom)) as geom
        from dataset
        where layer = l.layer and source = 'forestry' and coverage && d.geom
    ) f on true
),
inside as materialized (
    select p.licence_no, p.layer, r.class, p.forestry, s.source, i.geom,
           case when c.covered then r.ellipsoidal_area_m2 else ellipsoidal_area_m2(i.geom) end as area_m2
    from piece p
    cross join lateral (
        select dataset_id, class, geom, ellipsoidal_area_m2
        from restricting_ground
        where layer = p.layer and geom && p.geom
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
select licence_no, layer, class,
       sum(case when source = 'land_survey' and st_intersects(forestry, geom)
                then ellipsoidal_area_m2(st_difference(geom, clipped_near(forestry, geom))) else area_m2 end)
from inside
group by licence_no, layer, class
