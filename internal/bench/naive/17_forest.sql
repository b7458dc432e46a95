-- forest: the ground of each mine inside each parcel of forest; where forestry
-- has coverage, the land survey does not decide.
insert into naive.hit
select g.licence_no, 'forest_encroached', g.imaged_on, r.dataset_id, r.row_no, coalesce(r.land_code, 'unclassed'), 'forest', d.source, i.geom,
       case when d.source = 'land_survey' then coalesce(st_collectionextract(st_difference(i.geom, f.geom), 3), i.geom) else i.geom end
from naive.ground g
join forest r on st_intersects(g.geom, r.geom) and not r.held
join dataset d on d.id = r.dataset_id
cross join lateral (select st_collectionextract(st_intersection(g.geom, r.geom), 3) as geom offset 0) i
left join lateral (
    select st_union(o.coverage) as geom from dataset o where o.layer = 'forest' and o.source = 'forestry' and o.coverage && i.geom
) f on true
