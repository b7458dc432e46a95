-- vegetation: how much of each mine's ground lies in forest and grassland, by
-- class: the intersection with each parcel, measured. Where forestry has
-- coverage, the land survey does not decide.
insert into naive.vegetation
select licence_no, layer, class, sum(area_m2)
from (
    select g.licence_no, 'forest' as layer, r.land_code as class,
           st_area(case when f.geom is null then st_intersection(g.geom, r.geom) else st_difference(st_intersection(g.geom, r.geom), f.geom) end::geography) as area_m2
    from naive.ground g
    join forest r on st_intersects(g.geom, r.geom) and not r.held
    join dataset d on d.id = r.dataset_id
    left join lateral (
        select st_union(o.coverage) as geom from dataset o
        where d.source = 'land_survey' and o.layer = d.layer and o.source = 'forestry' and o.coverage && r.geom
    ) f on true
    union all
    select g.licence_no, 'grassland', r.land_code,
           st_area(case when f.geom is null then st_intersection(g.geom, r.geom) else st_difference(st_intersection(g.geom, r.geom), f.geom) end::geography)
    from naive.ground g
    join grassland r on st_intersects(g.geom, r.geom) and not r.held
    join dataset d on d.id = r.dataset_id
    left join lateral (
        select st_union(o.coverage) as geom from dataset o
        where d.source = 'land_survey' and o.layer = d.layer and o.source = 'forestry' and o.coverage && r.geom
    ) f on true
) hit
group by licence_no, layer, class
