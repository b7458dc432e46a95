-- item_findings: every finding of a run with what a ledger item says of its
-- mine.
-- @run_id
select f.licence_no, f.rule_code, f.ellipsoidal_area_m2, f.metres_above, f.metres_below, f.places, m.county_code, m.enterprise, coalesce(m.mine_name, '') as mine_name,
       coalesce(m.township, '') as township, coalesce(m.mining_method, '') as mining_method, coalesce(m.mineral, '') as mineral,
       m.licence_ellipsoidal_area_m2
from run_finding f
join run_mine m using (run_id, licence_no)
where f.run_id = @run_id
order by m.enterprise, f.licence_no, f.rule_code
