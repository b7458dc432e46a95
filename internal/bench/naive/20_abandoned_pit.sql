-- abandoned_pit: abandoned pits with an owner that newer images still show.
-- @as_of
insert into naive.finding (licence_no, rule_code, geom, area_m2)
with still as materialized (
    select p.licence_no, st_collectionextract(coalesce(st_difference(p.geom, l.geom), p.geom), 3) as geom
    from naive.patch p
    left join lateral (
        select st_union(geom) as geom
        from (select f.geom from footprint f where f.imaged_on > p.imaged_on and f.imaged_on <= @as_of and f.geom && p.geom
              union all
              select o.geom from naive.patch o where o.imaged_on > p.imaged_on and not o.restored and o.geom && p.geom) later
    ) l on true
    where p.kind = 'abandoned_pit' and p.confirmed and p.licence_no is not null and not p.restored and p.ownership is distinct from 'ownerless'
)
select licence_no, 'abandoned_pit_unrestored', st_union(geom), st_area(st_union(geom)::geography)
from still
where not st_isempty(geom)
group by licence_no
