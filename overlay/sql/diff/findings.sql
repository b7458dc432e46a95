-- findings: the findings in which two runs differ, with the ground that came and
-- the ground that went.
-- @old_run, @new_run
select d.licence_no, d.rule_code, coalesce(n.county_code, o.county_code) as county_code, coalesce(n.enterprise, o.enterprise) as enterprise,
       coalesce(n.mine_name, o.mine_name, '') as mine_name, d.old_m2, d.new_m2,
       case when d.new_geom is null then 0 when d.old_geom is null then d.new_m2
            else ellipsoidal_area_m2(ground_without(d.new_geom, d.old_geom)) end as gained_m2,
       case when d.old_geom is null then 0 when d.new_geom is null then d.old_m2
            else ellipsoidal_area_m2(ground_without(d.old_geom, d.new_geom)) end as lost_m2
from (
    select licence_no, rule_code, a.ellipsoidal_area_m2 as old_m2, b.ellipsoidal_area_m2 as new_m2, a.geom as old_geom, b.geom as new_geom
    from (select * from run_finding where run_id = @old_run) a
    full join (select * from run_finding where run_id = @new_run) b using (licence_no, rule_code)
    where st_asbinary(a.geom) is distinct from st_asbinary(b.geom)
) d
left join run_mine o on o.run_id = @old_run and o.licence_no = d.licence_no
left join run_mine n on n.run_id = @new_run and n.licence_no = d.licence_no
order by d.licence_no, d.rule_code
