-- figures: what findings of a run come to in the figures of a paper: distinct
-- enterprises, and ground that several mines or rules find once; by county of
-- the mine, and together where county_code is empty. inside cuts a figure to
-- protected areas: any, or one family of them.
-- @run_id
-- @licences, @strata  in parallel: the mines, and which of them a figure is of
-- @rules, @insides, @figures  in parallel: which rules make which figure
-- @grid_degrees  of the union; negative for none
with counted as materialized (
    select s.stratum, r.figure, m.county_code, m.licence_no, m.enterprise, f.rule_code, g.geom
    from unnest(@licences::text[], @strata::text[]) as s(licence_no, stratum)
    join run_mine m on m.run_id = @run_id and m.licence_no = s.licence_no
    join finding f on f.run_id = m.run_id and f.licence_no = m.licence_no
    join unnest(@rules::text[], @insides::text[], @figures::text[]) as r(rule_code, inside, figure) on r.rule_code = f.rule_code
    cross join lateral (
        select f.geom where r.inside = ''
        union all
        select polygons_of(intersection_or_gridded(f.geom, p.geom))
        from (
            select st_union(a.geom order by a.dataset_id, a.row_no) as geom
            from run_dataset d
            join restricting_ground a on a.layer = 'protected_area' and a.dataset_id = d.dataset_id
            where r.inside <> '' and d.run_id = f.run_id and a.geom && f.geom and st_intersects(a.geom, f.geom)
              and (r.inside = 'any' or a.family = r.inside)
        ) p
        where p.geom is not null
    ) g
    where ellipsoidal_area_m2(g.geom) >= 0.005
)
select stratum, figure, coalesce(county_code, '') as county_code, count(distinct enterprise) as enterprises,
       ellipsoidal_area_m2(polygons_of(st_union(geom, @grid_degrees::double precision order by licence_no, rule_code))) as ellipsoidal_area_m2
from counted
group by grouping sets ((stratum, figure, county_code), (stratum, figure))
order by 1, 2, 3
