-- list_findings: the findings of a run that a filter chooses, by licence number
-- and rule.
-- @run_id;  null for any: @county_code, @township, @enterprise (a part of the name), @enterprise_name, @mineral, @licence_no, @rule_codes, @certainty, @min_m2, @max_m2
-- @after_licence_no, @after_rule_code  keyset;  @with_geom  whether geometry is read;  @max_rows
select f.licence_no, m.county_code, m.enterprise, coalesce(m.mine_name, '') as mine_name, coalesce(m.township, '') as township, f.rule_code,
       f.ellipsoidal_area_m2, f.within_tolerance_m2, f.metres_above, f.metres_below, f.places, coalesce(f.certainty, '') as certainty,
       f.position_error_m, case when @with_geom::boolean then f.geom end as geom
from run_finding f
join run_mine m using (run_id, licence_no)
where f.run_id = @run_id
  and (@county_code::text is null or m.county_code = @county_code)
  and (@township::text is null or coalesce(m.township, '') = @township)
  and (@enterprise::text is null or position(@enterprise in m.enterprise) > 0)
  and (@enterprise_name::text is null or m.enterprise = @enterprise_name)
  and (@mineral::text is null or coalesce(m.mineral, '') = @mineral)
  and (@licence_no::text is null or f.licence_no = @licence_no)
  and (@rule_codes::text[] is null or f.rule_code = any(@rule_codes))
  and (@certainty::text is null or f.certainty = @certainty)
  and (@min_m2::double precision is null or f.ellipsoidal_area_m2 >= @min_m2)
  and (@max_m2::double precision is null or f.ellipsoidal_area_m2 <= @max_m2)
  and (f.licence_no, f.rule_code) > (@after_licence_no::text, @after_rule_code::text)
order by f.licence_no, f.rule_code
limit @max_rows
