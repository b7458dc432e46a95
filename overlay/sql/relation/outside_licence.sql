-- outside_licence: the ground of some kinds outside the plane of the mine's own
-- licence.
-- @run_id, @licence_no  the mine;  @rule_code  the rule;  @kinds  of disturbance
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
select @run_id::bigint, @licence_no::text, @rule_code::text, row_number() over (order by p.part_no, d.path),
       ellipsoidal_area_m2(p.geom) < @min_area_m2 or is_narrow(p.geom, @min_width_m),
       d.geom, ellipsoidal_area_m2(d.geom)
from run_mine m
cross join lateral (
    select st_union(p.geom order by p.piece_no) as geom
    from ground_piece p
    where p.run_id = m.run_id and p.licence_no = m.licence_no and p.kind = any(@kinds::text[])
) g
cross join lateral unnest(connected_parts(array[st_difference(g.geom, m.geom)])) with ordinality as p(geom, part_no)
cross join lateral st_dump(p.geom) d
where m.run_id = @run_id and m.licence_no = @licence_no and ellipsoidal_area_m2(d.geom) > 0
