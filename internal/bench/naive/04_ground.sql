-- ground: the disturbed ground of each mine by the image that decides it: an
-- older one where no newer one looked.
-- @as_of
insert into naive.ground
with seen as (
    select licence_no, imaged_on, st_union(geom) as geom
    from naive.patch
    where confirmed and licence_no is not null and kind <> 'abandoned_pit' and ownership is distinct from 'ownerless'
    group by licence_no, imaged_on
),
decided as materialized (
    select s.licence_no, s.imaged_on, st_collectionextract(coalesce(st_difference(s.geom, l.geom), s.geom), 3) as geom
    from seen s
    left join lateral (
        select st_union(geom) as geom
        from (select f.geom from footprint f where f.imaged_on > s.imaged_on and f.imaged_on <= @as_of and f.geom && s.geom
              union all
              select p.geom from naive.patch p where p.imaged_on > s.imaged_on and not p.restored and p.geom && s.geom) later
    ) l on true
    where not exists (
        select from footprint f join dataset d on d.id = f.dataset_id
        where f.geom is null and f.imaged_on > s.imaged_on and f.imaged_on <= @as_of
          and d.county_code = (select min(county_code) from mining_right m where m.licence_no = s.licence_no))
)
select licence_no, imaged_on, geom, st_area(geom::geography)
from decided
where not st_isempty(geom)
