-- finding: the findings of one mine, from their parts; parts all within
-- tolerance make none.
-- @run_id, @licence_no  the mine
insert into finding (run_id, licence_no, rule_code, ellipsoidal_area_m2, within_tolerance_m2, geom)
select run_id, licence_no, rule_code,
       sum(ellipsoidal_area_m2 order by part_no) filter (where not within_tolerance),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where within_tolerance), 0),
       polygons_of(st_union(geom order by part_no) filter (where not within_tolerance))
from finding_part
where run_id = @run_id and licence_no = @licence_no
group by run_id, licence_no, rule_code
having bool_or(not within_tolerance)
order by rule_code
