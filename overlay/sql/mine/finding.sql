-- finding: the findings of one mine, from their parts; parts all within
-- tolerance make none. How certain one is stays unknown until the position
-- error of its patches is looked at.
-- @run_id, @licence_no  the mine;  @on_ground  the rules that rest on images
insert into finding (run_id, licence_no, rule_code, ellipsoidal_area_m2, within_tolerance_m2, geom,
                     metres_above, metres_below, places, certainty)
select run_id, licence_no, rule_code,
       sum(ellipsoidal_area_m2 order by part_no) filter (where not within_tolerance),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where within_tolerance), 0),
       polygons_of(case when count(*) filter (where not within_tolerance) = 1 then (array_agg(geom) filter (where not within_tolerance))[1]
                        else st_union(geom order by part_no) filter (where not within_tolerance) end),
       nullif(max(metres_above) filter (where not within_tolerance), 0),
       nullif(max(metres_below) filter (where not within_tolerance), 0),
       nullif(count(distinct place_no) filter (where not within_tolerance), 0),
       case when rule_code = any(@on_ground::text[]) then 'unknown' end
from finding_part
where run_id = @run_id and licence_no = @licence_no
group by run_id, licence_no, rule_code
having bool_or(not within_tolerance)
order by rule_code
returning rule_code
