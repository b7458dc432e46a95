-- restricting_ground: a finding's ground by the classes and families of the
-- layer it lies in. Classes of forest and grassland are those of the source that
-- decides; beside them stands what each source says, deciding or not. Figures
-- may overlap.
--
-- Where the hits that decide come to as much as the finding, none of them
-- overlap and all of each was found, so that areas of classes are sums: what is
-- found lies in their union, and their union is no larger than their sum. The
-- land survey's own figure is such a sum only where forestry says nothing.
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
keyed as (
    select h.class as key, h.decides as geom, h.decides_ellipsoidal_area_m2 as area_m2, true as summable
    from hit h where h.decides is not null
    union all
    select h.family, h.decides, h.decides_ellipsoidal_area_m2, true
    from hit h where h.decides is not null and h.family = 'nature_reserve' and h.class <> h.family
    union all
    select 'source:' || h.source, h.decides, h.decides_ellipsoidal_area_m2, true
    from hit h where h.source not in ('default', 'land_survey') and h.decides is not null
    union all
    select 'source:' || h.source, case when w.one_source then h.decides else h.geom end, h.decides_ellipsoidal_area_m2, w.one_source
    from hit h cross join whole w where h.source = 'land_survey' and (h.decides is not null or not w.one_source)
),
measured as (
    select k.key, sum(k.area_m2) as area_m2
    from keyed k cross join whole w
    where w.by_sum and k.summable
    group by k.key
    union all
    select k.key, ellipsoidal_area_m2(polygons_of(st_intersection(f.geom, st_union(k.geom order by k.geom))))
    from keyed k cross join whole w cross join found f
    where not (w.by_sum and k.summable)
    group by k.key, f.geom
)
select @run_id::bigint, @licence_no::text, @rule_code::text, key, area_m2
from measured
where area_m2 >= 0.005
order by key
