-- finding_rows: what runs found, with what is said of the mines.
-- @runs, @counties  beside each other: of which run the findings of which county;
-- @titles  what rules are called: run, rule, title and problem_type
select f.run_id, f.licence_no, f.rule_code as rule, r.as_of, m.county_code, m.enterprise, m.mine_name, m.mining_method, m.mineral, m.township,
       @titles::jsonb -> f.run_id::text -> f.rule_code ->> 'title' as title,
       @titles::jsonb -> f.run_id::text -> f.rule_code ->> 'problem_type' as problem_type,
       f.ellipsoidal_area_m2, f.ellipsoidal_area_m2 * 3 / 2000 as mu, f.within_tolerance_m2, f.metres_above, f.metres_below, f.places,
       f.certainty, f.position_error_m, f.geom
from unnest(@runs::bigint[], @counties::text[]) as newest(run_id, county_code)
join run_mine m on m.run_id = newest.run_id and m.county_code = newest.county_code
join run_finding f on f.run_id = m.run_id and f.licence_no = m.licence_no
join run r on r.id = f.run_id
