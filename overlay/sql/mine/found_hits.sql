-- found_hits: takes out of the hits of one mine what is within tolerance, and so
-- in no finding: what is left of each that decides was found.
-- @run_id, @licence_no  the mine
with narrow as materialized (
    select p.rule_code, p.geom
    from finding f
    join finding_part p using (run_id, licence_no, rule_code)
    where f.run_id = @run_id and f.licence_no = @licence_no and f.within_tolerance_m2 > 0 and p.within_tolerance
),
left_of as materialized (
    select h.ctid as row, polygons_of(st_difference(g.geom, n.geom)) as geom
    from restricting_hit h
    cross join lateral (select case when h.whole then h.geom else h.decides end as geom) g
    cross join lateral (
        select st_union(geom order by geom) as geom from narrow
        where rule_code = h.rule_code and geom && g.geom and st_intersects(geom, g.geom)
    ) n
    where h.run_id = @run_id and h.licence_no = @licence_no and n.geom is not null
)
update restricting_hit h
set whole = false, decides = l.geom, decides_ellipsoidal_area_m2 = ellipsoidal_area_m2(l.geom)
from left_of l
where h.ctid = l.row
