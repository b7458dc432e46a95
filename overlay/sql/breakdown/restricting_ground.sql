-- restricting_ground: a finding's ground by the classes and families of the
-- layer it lies in, and by the source that says so. Figures may overlap.
-- @run_id, @licence_no, @rule_code  the finding;  @against  the layer
insert into finding_breakdown (run_id, licence_no, rule_code, key, ellipsoidal_area_m2)
select run_id, licence_no, rule_code, key, ellipsoidal_area_m2(polygons_of(st_intersection(geom, ground)))
from (
    select f.run_id, f.licence_no, f.rule_code, f.geom, k.key, st_union(r.geom order by r.dataset_id, r.row_no) as ground
    from finding f
    join restricting_ground r on r.layer = @against and r.geom && f.geom
    join run_dataset d on d.run_id = f.run_id and d.dataset_id = r.dataset_id
    join dataset s on s.id = r.dataset_id
    cross join lateral (
        select r.class as key
        union select r.family where r.family = 'nature_reserve'
        union select 'source:' || s.source where s.source <> 'default'
    ) k
    where f.run_id = @run_id and f.licence_no = @licence_no and f.rule_code = @rule_code and st_intersects(r.geom, f.geom)
    group by f.run_id, f.licence_no, f.rule_code, f.geom, k.key
) g
where ellipsoidal_area_m2(polygons_of(st_intersection(geom, ground))) > 0
order by key
