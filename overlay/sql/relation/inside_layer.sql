-- inside_layer: the part of a mine's ground, approvals or licence plane that
-- lies inside a restricting layer and counts, each square metre once.
-- @run_id, @licence_no  the mine;  @rule_code  the rule, whose hits are held
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
select @run_id::bigint, @licence_no::text, @rule_code::text, row_number() over (order by p.part_no, d.path),
       ellipsoidal_area_m2(p.geom) < @min_area_m2 or is_narrow(p.geom, @min_width_m),
       d.geom, ellipsoidal_area_m2(d.geom)
from (
    select connected_parts(array_agg(geom order by imaged_on)) as parts
    from (
        select imaged_on, polygons_of(st_union(decides order by decides)) as geom
        from restricting_hit
        where run_id = @run_id and licence_no = @licence_no and rule_code = @rule_code and decides is not null
        group by imaged_on
    ) ground
) u
cross join lateral unnest(u.parts) with ordinality as p(geom, part_no)
cross join lateral st_dump(p.geom) d
where ellipsoidal_area_m2(d.geom) > 0
