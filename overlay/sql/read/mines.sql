-- mines: the mines of a run with their totals, by licence number.
-- @run_id;  @county_code  or null for all;  @after  licence number, keyset;  @max_rows
select m.licence_no, m.county_code, m.enterprise, coalesce(m.mine_name, '') as mine_name,
       coalesce(m.mining_method, '') as mining_method, coalesce(m.mineral, '') as mineral,
       coalesce(m.township, '') as township, m.licence_ellipsoidal_area_m2, m.status, coalesce(m.error, '') as error,
       a.ground_m2, a.approved_m2,
       coalesce((select array_agg(f.rule_code order by f.rule_code) from run_finding f
                 where f.run_id = m.run_id and f.licence_no = m.licence_no), '{}') as rule_codes
from run_mine m
left join run_ground_account a using (run_id, licence_no)
where m.run_id = @run_id and (@county_code::text is null or m.county_code = @county_code) and m.licence_no > @after
order by m.licence_no
limit @max_rows
