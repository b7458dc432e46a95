-- breakdown: findings inside a layer by class, family and source; mining out of
-- bounds by the licences it lies in; what forest and grassland both claim.
insert into naive.breakdown
with inside as (
    select h.licence_no, h.rule_code, k.key, st_union(k.geom) as geom
    from naive.hit h
    cross join lateral (
        select h.class as key, h.deciding as geom
        union all
        select h.family, h.geom where h.family = 'nature_reserve' and h.class <> h.family
        union all
        select 'source:' || h.source, h.geom where h.source <> 'default'
    ) k
    group by h.licence_no, h.rule_code, k.key
),
licence as (
    select f.licence_no, f.rule_code, k.key, st_union(o.geom) as geom
    from naive.finding f
    join naive.mine m using (licence_no)
    join naive.mine o on o.licence_no <> f.licence_no and st_intersects(o.geom, f.geom)
    cross join lateral (values
        (case when o.enterprise = m.enterprise then 'inside_sister_licence' else 'inside_neighbour_licence' end),
        ('licence:' || o.licence_no)
    ) as k(key)
    where f.rule_code = 'mining_out_of_bounds'
    group by f.licence_no, f.rule_code, k.key
),
common as (
    select f.licence_no, f.rule_code, 'common:' || o.rule_code as key, o.geom
    from naive.finding f
    join naive.finding o on o.licence_no = f.licence_no and f.rule_code <> o.rule_code
    where f.rule_code in ('forest_encroached', 'grassland_encroached') and o.rule_code in ('forest_encroached', 'grassland_encroached')
)
select k.licence_no, k.rule_code, k.key, m.area_m2
from (table inside union all table licence union all table common) k
join naive.finding f using (licence_no, rule_code)
cross join lateral (select st_area(st_intersection(f.geom, k.geom)::geography) as area_m2 offset 0) m
where m.area_m2 >= 0.005
