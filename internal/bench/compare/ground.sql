-- ground: where the stored ground of a run's findings and the naive one differ,
-- beside none, in the plane of their corners: an edge with a corner more is the same.
-- @run_id
select o.licence_no || ' ' || o.rule_code as what, st_area(st_symdifference(o.geom, n.geom)) * 111320 ^ 2 * cos(radians(st_ymin(o.geom))) as ours, 0::double precision as naive
from finding o
join naive.finding n using (licence_no, rule_code)
where o.run_id = @run_id
order by 1
