-- elevation: pits that leave the band of their licence, and dumps above what
-- their permits allow; where permits overlap, one that allows it is enough.
insert into naive.finding (licence_no, rule_code, geom, area_m2, metres_above, metres_below)
with patch as (
    select p.licence_no, p.dataset_id, p.row_no, p.kind, p.imaged_on, p.top_m, p.bottom_m, st_intersection(p.geom, st_union(g.geom)) as geom
    from naive.patch p
    join naive.piece g on g.licence_no = p.licence_no and g.kind = p.kind and g.imaged_on = p.imaged_on and st_intersects(g.geom, p.geom)
    where p.confirmed and not p.restored and p.kind in ('pit', 'waste_dump', 'gangue_dump') and p.ownership is distinct from 'ownerless'
      and (p.top_m is not null or p.bottom_m is not null)
    group by p.dataset_id, p.row_no
),
band as (
    select p.*, 'mining_beyond_elevation' as rule_code, 0 as band_no, m.geom as ground, greatest(p.top_m - m.top_m, 0) as above_m,
           greatest(m.bottom_m - p.bottom_m, 0) as below_m, p.top_m is null or p.top_m <= m.top_m as holds
    from patch p
    join naive.mine m using (licence_no)
    where p.kind = 'pit' and st_intersects(m.geom, p.geom)
    union all
    select p.*, 'dump_beyond_elevation', a.row_no, a.geom, greatest(p.top_m - a.max_m, 0), 0, p.top_m is null or p.top_m <= a.max_m
    from patch p
    join naive.approval a on a.licence_no = p.licence_no and a.kind = 'dump_site' and a.max_m is not null and st_intersects(a.geom, p.geom)
        and a.begins_on <= p.imaged_on and (a.valid_to is null or a.valid_to >= p.imaged_on) and (a.returned_on is null or a.returned_on > p.imaged_on)
    where p.kind <> 'pit'
),
beyond as materialized (
    select b.licence_no, b.rule_code, b.above_m, b.below_m,
           st_collectionextract(case when e.geom is null then st_intersection(b.geom, b.ground)
                                     else st_difference(st_intersection(b.geom, b.ground), e.geom) end, 3) as geom
    from band b
    left join lateral (
        select st_union(o.ground) as geom from band o
        where o.dataset_id = b.dataset_id and o.row_no = b.row_no and o.band_no <> b.band_no and o.holds
    ) e on true
    where b.above_m > 0 or b.below_m > 0
)
select licence_no, rule_code, st_union(geom), st_area(st_union(geom)::geography), nullif(max(above_m), 0), nullif(max(below_m), 0)
from beyond
where not st_isempty(geom)
group by licence_no, rule_code
