-- figures: what findings of a run come to in the figures of a paper: distinct
-- enterprises, and ground that several mines or rules find once; by county of
-- the mine, and together where county_code is empty. inside cuts a figure to
-- protected areas: any, or one family of them.
--
-- Only polygons whose boxes meet can have ground in common: those alone are put
-- together, the others are measured as they are.
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
        select polygons_of(st_union(i.geom order by a.dataset_id, a.row_no))
        from run_dataset d
        join restricting_ground a on a.layer = 'protected_area' and a.dataset_id = d.dataset_id
        cross join lateral (select polygons_of(intersection_or_gridded(clipped_near(a.geom, f.geom), clipped_near(f.geom, a.geom))) as geom) i
        where r.inside <> '' and d.run_id = f.run_id and a.geom && f.geom and (r.inside = 'any' or a.family = r.inside)
    ) g
    where ellipsoidal_area_m2(g.geom) >= 0.005
),
piece as materialized (
    select c.stratum, c.figure, c.county_code, c.licence_no, c.rule_code, d.path, d.geom,
           st_clusterdbscan(st_envelope(d.geom), 0, 1) over (
               partition by c.stratum, c.figure order by c.licence_no, c.rule_code, d.path
               rows between unbounded preceding and unbounded following) as cluster
    from counted c
    cross join lateral st_dump(c.geom) d
),
known as materialized (
    select *, count(*) over (partition by stratum, figure, cluster, county_code) as in_county
    from piece
),
part as materialized (
    select stratum, figure, cluster, county_code,
           coalesce(ellipsoidal_area_m2(polygons_of(st_union(case when in_county > 1 then geom end, @grid_degrees::double precision order by licence_no, rule_code, path))),
                    sum(case when in_county = 1 then ellipsoidal_area_m2(geom) end)) as area_m2
    from known
    group by stratum, figure, cluster, county_code
),
whole as (
    select p.stratum, p.figure, p.cluster,
           case when count(*) = 1 then sum(p.area_m2)
                else (select ellipsoidal_area_m2(polygons_of(st_union(k.geom, @grid_degrees::double precision order by k.licence_no, k.rule_code, k.path)))
                      from known k where k.stratum = p.stratum and k.figure = p.figure and k.cluster = p.cluster) end as area_m2
    from part p
    group by p.stratum, p.figure, p.cluster
)
select c.stratum, c.figure, coalesce(c.county_code, '') as county_code, count(distinct c.enterprise) as enterprises,
       case when c.county_code is null
            then (select sum(w.area_m2 order by w.cluster) from whole w where w.stratum = c.stratum and w.figure = c.figure)
            else (select sum(p.area_m2 order by p.cluster) from part p
                  where p.stratum = c.stratum and p.figure = c.figure and p.county_code = c.county_code) end as ellipsoidal_area_m2
from counted c
group by grouping sets ((c.stratum, c.figure, c.county_code), (c.stratum, c.figure))
order by 1, 2, 3
