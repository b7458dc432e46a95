-- abandoned_pit: the abandoned pits of one mine that are neither restored nor
-- ownerless, as the newest image still shows them; each connected one is a place.
-- @run_id, @licence_no  the mine;  @rule_code  the rule
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2, place_no)
select @run_id::bigint, @licence_no::text, @rule_code::text, p.part_no, p.within_tolerance, p.geom, p.ellipsoidal_area_m2, p.connected_no
from (
    select array_agg(g.geom order by g.dataset_id, g.row_no) as grounds
    from listed_ground g
    join run_patch p using (run_id, dataset_id, row_no)
    join near_disturbance t using (dataset_id, row_no)
    where g.run_id = @run_id and g.rule_code = @rule_code and p.licence_no = @licence_no and p.confirmed and not p.restored
      and t.ownership is distinct from 'ownerless'
) u
cross join lateral measured_parts(u.grounds, @min_width_m, @min_area_m2) p
