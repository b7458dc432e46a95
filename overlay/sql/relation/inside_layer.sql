-- inside_layer: the part of a mine's ground, approvals or licence plane that
-- lies inside a restricting layer and counts, each square metre once.
-- @run_id, @licence_no  the mine;  @rule_code  the rule, whose hits are held
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
select @run_id::bigint, @licence_no::text, @rule_code::text, p.part_no, p.within_tolerance, p.geom, p.ellipsoidal_area_m2
from (
    select array[polygons_of(st_union(ground order by ground))] as grounds
    from restricting_hit
    cross join lateral (select case when whole then geom else decides end as ground) d
    where run_id = @run_id and licence_no = @licence_no and rule_code = @rule_code and ground is not null
) u
cross join lateral measured_parts(u.grounds, @min_width_m, @min_area_m2) p
