-- ground_class: the parts of the ground account that are of one class.
-- @run_id, @licence_no  the mine;  @rule_code  the rule;  @class  of the account
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
select run_id, licence_no, @rule_code::text, row_number() over (order by part_no), within_tolerance, geom, ellipsoidal_area_m2
from ground_part
where run_id = @run_id and licence_no = @licence_no and class = @class
order by part_no
