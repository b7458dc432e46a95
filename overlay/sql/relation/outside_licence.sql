-- outside_licence: the ground of some kinds outside the plane of the mine's own
-- licence.
-- @run_id, @licence_no  the mine;  @rule_code  the rule;  @kinds  of disturbance
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
select @run_id::bigint, @licence_no::text, @rule_code::text, p.part_no, p.within_tolerance, p.geom, p.ellipsoidal_area_m2
from run_mine m
cross join lateral (
    select case when count(*) = 1 then (array_agg(p.geom))[1] else st_union(p.geom order by p.piece_no) end as geom
    from ground_piece p
    where p.run_id = m.run_id and p.licence_no = m.licence_no and p.kind = any(@kinds::text[])
) g
cross join lateral measured_parts(array[st_difference(g.geom, m.geom)], @min_width_m, @min_area_m2) p
where m.run_id = @run_id and m.licence_no = @licence_no
