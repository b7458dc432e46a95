-- piece: the ground by kind, the higher kind first, and by the image since which
-- it was seen without a break. All images but the newest are of whole counties.
insert into naive.piece (licence_no, kind, imaged_on, first_seen_on, geom)
with recursive kind as (
    select licence_no, imaged_on, kind, array_position(array['construction', 'pit', 'waste_dump', 'gangue_dump', 'road', 'other'], kind) as rank,
           st_union(geom) as geom
    from naive.patch
    where confirmed and licence_no is not null and kind <> 'abandoned_pit' and ownership is distinct from 'ownerless'
    group by licence_no, imaged_on, kind
),
of_kind as (
    select k.licence_no, k.kind, k.imaged_on,
           st_collectionextract(case when h.geom is null then st_intersection(g.geom, k.geom)
                                     else st_difference(st_intersection(g.geom, k.geom), h.geom) end, 3) as geom
    from kind k
    join naive.ground g on g.licence_no = k.licence_no and g.imaged_on = k.imaged_on
    left join lateral (
        select st_union(o.geom) as geom from kind o
        where o.licence_no = k.licence_no and o.imaged_on = k.imaged_on and o.rank < k.rank
    ) h on true
),
image as (
    select imaged_on, row_number() over (order by imaged_on desc) as image_no from (select distinct imaged_on from footprint) f
),
walk as (
    select k.licence_no, k.kind, k.imaged_on, k.imaged_on as first_seen_on, i.image_no, true as unbroken, k.geom
    from of_kind k join image i using (imaged_on)
    union all
    select w.licence_no, w.kind, w.imaged_on, case when step.disturbed then i.imaged_on else w.first_seen_on end, i.image_no,
           step.disturbed, step.geom
    from walk w
    join image i on i.image_no = w.image_no + 1
    left join lateral (
        select st_union(p.geom) as geom from naive.patch p
        where p.licence_no = w.licence_no and p.imaged_on = i.imaged_on and not p.restored
    ) s on true
    cross join lateral (values
        (true, st_collectionextract(st_intersection(w.geom, s.geom), 3)),
        (false, st_collectionextract(coalesce(st_difference(w.geom, s.geom), w.geom), 3))
    ) as step(disturbed, geom)
    where w.unbroken and not st_isempty(step.geom)
)
select licence_no, kind, imaged_on, first_seen_on, st_union(geom)
from walk
where not unbroken or image_no = (select max(image_no) from image)
group by licence_no, kind, imaged_on, first_seen_on
