-- other_licence: the part of a finding inside licences of the same enterprise
-- and of others, and inside each of them by its number.
-- @run_id, @licence_no, @rule_code  the finding
insert into finding_breakdown (run_id, licence_no, rule_code, key, ellipsoidal_area_m2)
select run_id, licence_no, rule_code, key, area_m2
from (
    select f.run_id, f.licence_no, f.rule_code, f.geom, k.key,
           st_union(o.geom order by o.geom) as ground
    from finding f
    join run_mine m using (run_id, licence_no)
    join near_mining_right o on o.licence_no <> m.licence_no and o.geom && f.geom and not o.held
    join run_dataset d on d.run_id = f.run_id and d.dataset_id = o.dataset_id
    cross join lateral (values
        (case when o.enterprise = m.enterprise then 'inside_sister_licence' else 'inside_neighbour_licence' end),
        ('licence:' || o.licence_no)
    ) as k(key)
    where f.run_id = @run_id and f.licence_no = @licence_no and f.rule_code = @rule_code and st_intersects(o.geom, f.geom)
    group by f.run_id, f.licence_no, f.rule_code, f.geom, k.key
) g
cross join lateral (select ellipsoidal_area_m2(polygons_of(st_intersection(geom, ground))) as area_m2 offset 0) i
where area_m2 >= 0.005
order by key
