-- dump_places: how many dumps some rules find fault with, by county and by rule,
-- and under any of them where rule_code is empty. A place is a connected dump of
-- one mine, whole, however many pieces of it a rule finds.
-- @run_id;  @licences  the mines;  @rules;  @kinds  of disturbance
with dump as materialized (
    select d.licence_no, m.county_code, c.place_no, c.geom
    from (
        select p.licence_no, connected_parts(array_agg(p.geom order by p.piece_no)) as parts
        from run_ground_piece p
        where p.run_id = @run_id and p.licence_no = any(@licences::text[]) and p.kind = any(@kinds::text[])
          and exists (select from run_finding f where f.run_id = p.run_id and f.licence_no = p.licence_no and f.rule_code = any(@rules::text[]))
        group by p.licence_no
    ) d
    join run_mine m on m.run_id = @run_id and m.licence_no = d.licence_no
    cross join lateral unnest(d.parts) with ordinality as c(geom, place_no)
)
select d.county_code, coalesce(f.rule_code, '') as rule_code, count(distinct (d.licence_no, d.place_no)) as places
from dump d
join run_finding f on f.run_id = @run_id and f.licence_no = d.licence_no and f.rule_code = any(@rules::text[]) and f.geom && d.geom
where ellipsoidal_area_m2(polygons_of(intersection_or_gridded(f.geom, d.geom))) >= 0.005
group by grouping sets ((d.county_code, f.rule_code), (d.county_code))
order by 1, 2
