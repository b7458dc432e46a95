-- common_finding: the part of a finding that another rule has found as well, so
-- that both figures can stand while their sum counts the ground once.
-- @run_id, @licence_no, @rule_code  the finding;  @common_with  the other rule
-- @both  whether the other rule wants the figure too
insert into finding_breakdown (run_id, licence_no, rule_code, key, ellipsoidal_area_m2)
select f.run_id, f.licence_no, b.rule_code, 'common:' || b.other, i.area_m2
from finding f
join finding o on o.run_id = f.run_id and o.licence_no = f.licence_no and o.rule_code = @common_with
cross join lateral (select ellipsoidal_area_m2(polygons_of(st_intersection(f.geom, o.geom))) as area_m2 offset 0) i
cross join lateral (
    values (f.rule_code, o.rule_code, true), (o.rule_code, f.rule_code, @both::boolean)
) as b(rule_code, other, wanted)
where f.run_id = @run_id and f.licence_no = @licence_no and f.rule_code = @rule_code and b.wanted and i.area_m2 >= 0.005
order by 4
