-- approval_state: the whole of each approval that is in one state of the
-- approvals account, ground under two of them once.
-- @run_id, @licence_no  the mine;  @rule_code  the rule;  @state  of the account
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
select @run_id::bigint, @licence_no::text, @rule_code::text, row_number() over (order by d.path), false, d.geom, ellipsoidal_area_m2(d.geom)
from (select st_union(l.geom order by l.geom) as geom
      from approval_account a
      join near_land_approval l using (dataset_id, row_no)
      where a.run_id = @run_id and a.licence_no = @licence_no and a.state = @state) u
cross join lateral st_dump(polygons_of(u.geom)) d
where ellipsoidal_area_m2(d.geom) > 0
