-- ground: where the stored ground of a run's findings and the naive one differ,
-- beside none, in the plane of their corners: an edge with a corner more is the same.
-- Parts between which rounding left a gap are put on a grid of 1e-10 degrees, which
-- moves an outline by up to half of it: by so much along the outline they may differ.
-- @run_id
select o.licence_no || ' ' || o.rule_code as what,
       greatest(st_area(st_symdifference(o.geom, n.geom)) - 0.5e-10 * st_perimeter(o.geom), 0) * 111320 ^ 2 * cos(radians(st_ymin(o.geom))) as ours, 0::double precision as naive
from run_finding o
join naive.finding n using (licence_no, rule_code)
where o.run_id = @run_id
order by 1
