-- figures: what findings of a run come to in the figures of a paper: distinct
-- enterprises, and ground that several mines or rules find once; by county, and
-- together where county_code is empty. Ground is of the county in whose divisions
-- it lies; what lies in none of another's is of the county of its mine. inside
-- cuts a figure to protected areas: any, or one family of them.
--
-- Only polygons whose boxes meet can have ground in common: those alone are put
-- together, the others are measured as they are.
-- @run_id;  @counties  of the paper
-- @licences, @strata  in parallel: the mines, and which of them a figure is of
-- @rules, @insides, @figures  in parallel: which rules make which figure
-- @min_width_m, @min_area_m2  of ground beyond a county's border
-- @grid_degrees  of the union; negative for none
with found as materialized (
    select row_number() over (order by s.stratum, r.figure, m.licence_no, f.rule_code) as no,
           s.stratum, r.figure, m.county_code, m.licence_no, m.enterprise, f.rule_code, g.geom
    from unnest(@licences::text[], @strata::text[]) as s(licence_no, stratum)
    join run_mine m on m.run_id = @run_id and m.licence_no = s.licence_no
    join run_finding f on f.run_id = m.run_id and f.licence_no = m.licence_no
    join unnest(@rules::text[], @insides::text[], @figures::text[]) as r(rule_code, inside, figure) on r.rule_code = f.rule_code
    cross join lateral (
        select f.geom where r.inside = ''
        union all
        select polygons_of(st_union(i.geom order by i.geom))
        from run_dataset d
        join restricting_ground a on a.layer = 'protected_area' and a.dataset_id = d.dataset_id
        cross join lateral (select polygons_of(intersection_or_gridded(clipped_near(a.geom, f.geom), clipped_near(f.geom, a.geom))) as geom) i
        where r.inside <> '' and d.run_id = f.run_id and a.geom && f.geom and (r.inside = 'any' or a.family = r.inside)
    ) g
    where ellipsoidal_area_m2(g.geom) >= 0.005
),
-- Divisions of the run's counties where findings are that have ground near
-- another county's.
near as materialized (
    select f.no, left(v.code, 6) as county_code, left(v.code, 6) = f.county_code as own,
           polygons_of(st_union(i.geom order by i.geom)) as geom
    from found f
    join run_dataset d on d.run_id = @run_id
    join division v on v.dataset_id = d.dataset_id and v.geom && f.geom and not v.held
    join run r on r.id = @run_id and left(v.code, 6) = any(r.counties)
    cross join lateral (select polygons_of(intersection_or_gridded(clipped_near(v.geom, f.geom), clipped_near(f.geom, v.geom))) as geom) i
    where exists (
        select from run_dataset od join division o on o.dataset_id = od.dataset_id and o.geom && f.geom and not o.held
        where od.run_id = @run_id and left(o.code, 6) <> f.county_code and left(o.code, 6) = any(r.counties))
    group by f.no, left(v.code, 6), f.county_code
),
-- Where counties' borders cross, ground is the mine's county's own.
elsewhere as materialized (
    select o.no, o.county_code, st_collect(p.geom order by p.path) as geom
    from near o
    left join near w on w.no = o.no and w.own
    cross join lateral st_dump(polygons_of(case when w.geom is null then o.geom else difference_or_gridded(o.geom, w.geom) end)) p
    where not o.own and not (ellipsoidal_area_m2(p.geom) < @min_area_m2 or is_narrow(p.geom, @min_width_m))
    group by o.no, o.county_code
),
counted as materialized (
    select f.stratum, f.figure, g.county_code, f.licence_no, f.enterprise, f.rule_code, g.geom
    from found f
    cross join lateral (
        select e.county_code, e.geom from elsewhere e where e.no = f.no
        union all
        select f.county_code, case when u.geom is null then f.geom else polygons_of(difference_or_gridded(f.geom, u.geom)) end
        from (select st_union(e.geom order by e.county_code) as geom from elsewhere e where e.no = f.no) u
    ) g
    where g.county_code = any(@counties::text[]) and ellipsoidal_area_m2(g.geom) >= 0.005
),
piece as materialized (
    select c.stratum, c.figure, c.county_code, c.licence_no, c.rule_code, d.path, d.geom,
           st_clusterdbscan(st_envelope(d.geom), 0, 1) over (
               partition by c.stratum, c.figure order by c.licence_no, c.rule_code, c.county_code, d.path
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
                else (select ellipsoidal_area_m2(polygons_of(st_union(k.geom, @grid_degrees::double precision order by k.licence_no, k.rule_code, k.county_code, k.path)))
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
