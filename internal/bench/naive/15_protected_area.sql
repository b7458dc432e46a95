-- protected_area: the ground, the temporary land in force and the plane of each mine
-- inside each protected area, piece by piece.
-- @as_of
insert into naive.hit
with subject as (
    select licence_no, 'protected_area_occupied' as rule_code, imaged_on, geom from naive.ground
    union all
    select licence_no, 'approval_in_protected_area', @as_of::date, st_union(geom)
    from naive.approval
    where kind = 'temporary_land' and begins_on <= @as_of and valid_to >= @as_of and (returned_on is null or returned_on > @as_of)
    group by licence_no
    union all
    select licence_no, 'licence_in_protected_area', @as_of::date, geom from naive.mine
)
select s.licence_no, s.rule_code, s.imaged_on, r.dataset_id, r.row_no, r.category || coalesce('/' || r.zone, ''), r.category, 'default', i.geom, i.geom
from subject s
join protected_area r on st_intersects(s.geom, r.geom) and not r.held
cross join lateral (select st_collectionextract(st_intersection(s.geom, r.geom), 3) as geom offset 0) i
