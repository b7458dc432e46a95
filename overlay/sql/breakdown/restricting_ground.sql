-- restricting_ground: a finding's ground by the classes and families of the
-- layer it lies in. Classes of forest and grassland are those of the source that
-- decides; beside them stands what each source says, deciding or not. Figures
-- may overlap.
--
-- Where the hits that decide come to as much as the finding, none of them
-- overlap and all of each was found, so that areas of classes are sums: what is
-- found lies in their union, and their union is no larger than their sum. What
-- the land survey says where forestry decides is laid over the finding; it
-- meets no hit that decides wholly.
-- @run_id, @licence_no, @rule_code  the finding, whose hits are held
insert into finding_breakdown (run_id, licence_no, rule_code, key, ellipsoidal_area_m2)
with found as materialized (
    select geom, ellipsoidal_area_m2 from finding where run_id = @run_id and licence_no = @licence_no and rule_code = @rule_code
),
hit as materialized (
    select * from restricting_hit where run_id = @run_id and licence_no = @licence_no and rule_code = @rule_code
),
whole as materialized (
    select coalesce(sum(decides_ellipsoidal_area_m2), 0) <= f.ellipsoidal_area_m2 * (1 + 1e-10) + 1e-5 as by_sum,
           bool_and(source = 'land_survey') as one_source
    from found f cross join hit
    group by f.ellipsoidal_area_m2
),
deciding as materialized (
    select h.class, h.family, h.source, case when h.whole then h.geom else h.decides end as geom, h.decides_ellipsoidal_area_m2 as area_m2
    from hit h
    where h.whole or h.decides is not null
),
keyed as (
    select class as key, geom, area_m2, true as found from deciding
    union all
    select family, geom, area_m2, true from deciding where family = 'nature_reserve' and class <> family
    union all
    select 'source:' || d.source, d.geom, d.area_m2, true
    from deciding d cross join whole w
    where d.source not in ('default', 'land_survey') or d.source = 'land_survey' and w.one_source
    union all
    select 'source:land_survey', h.geom, h.ellipsoidal_area_m2, h.whole
    from hit h cross join whole w
    where h.source = 'land_survey' and not w.one_source
),
summed as (
    select k.key, w.by_sum, coalesce(sum(k.area_m2 order by k.area_m2) filter (where w.by_sum and k.found), 0) as found_m2,
           st_union(k.geom order by k.geom) filter (where not (w.by_sum and k.found)) as rest
    from keyed k cross join whole w
    group by k.key, w.by_sum
),
measured as (
    select s.key, s.found_m2 + coalesce(ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(f.geom, s.rest), s.rest))), 0) as area_m2
    from summed s cross join found f
)
select @run_id::bigint, @licence_no::text, @rule_code::text, key, area_m2
from measured
where area_m2 >= 0.005
order by key
