-- findings: how many findings of some runs, and how much, by rule and by what else
-- is asked, of those that a filter chooses as read/list_findings.sql does.
-- @run_ids;  @by  county, township, enterprise, mineral, or empty
-- null for any: @county_code, @township, @enterprise, @enterprise_name, @mineral, @licence_no, @rule_codes, @certainty, @min_m2, @max_m2
select f.run_id, f.rule_code, coalesce(case @by::text when 'county' then m.county_code when 'township' then m.township
       when 'enterprise' then m.enterprise when 'mineral' then m.mineral end, '') as key,
       count(*) as count, sum(f.ellipsoidal_area_m2) as ellipsoidal_area_m2
from run_finding f
join run_mine m using (run_id, licence_no)
where f.run_id = any(@run_ids::bigint[])
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
group by 1, 2, 3
order by 1, 2, 3
