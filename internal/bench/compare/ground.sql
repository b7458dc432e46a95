-- ground: where the stored ground of a run's findings and the naive one differ,
-- beside none.
-- @run_id
select o.licence_no || ' ' || o.rule_code as what, ellipsoidal_area_m2(polygons_of(st_symdifference(o.geom, n.geom))) as ours, 0::double precision as naive
from finding o
join naive.finding n using (licence_no, rule_code)
where o.run_id = @run_id
order by 1
