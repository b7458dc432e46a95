-- restricting_ground: a finding's ground by the classes and families of the
-- layer it lies in. Classes of forest and grassland are those of the source that
-- decides; beside them stands what each source says, deciding or not. Figures
-- may overlap.
-- @run_id, @licence_no, @rule_code  the finding;  @against  the layer
insert into finding_breakdown (run_id, licence_no, rule_code, key, ellipsoidal_area_m2)
with forestry as materialized (
    select coalesce(bool_or(s.coverage is null and s.county_code = m.county_code), false) as everywhere,
           st_union(s.coverage order by s.id) as geom
    from run_mine m
    join run_dataset d using (run_id)
    join dataset s on s.id = d.dataset_id
    where m.run_id = @run_id and m.licence_no = @licence_no and s.layer = @against and s.source = 'forestry'
),
hit as materialized (
    select f.run_id, f.licence_no, f.rule_code, f.geom as found, r.dataset_id, r.row_no, clipped_near(r.geom, f.geom) as geom, r.class, r.family, s.source
    from finding f
    join restricting_ground r on r.layer = @against and r.geom && f.geom
    join run_dataset d on d.run_id = f.run_id and d.dataset_id = r.dataset_id
    join dataset s on s.id = r.dataset_id
    where f.run_id = @run_id and f.licence_no = @licence_no and f.rule_code = @rule_code and st_intersects(r.geom, f.geom)
),
keyed as (
    select h.*, k.key, k.ground
    from hit h
    cross join forestry o
    cross join lateral (
        select h.class, case when h.source = 'land_survey' and o.geom is not null then st_difference(h.geom, o.geom) else h.geom end
        where h.source <> 'land_survey' or not o.everywhere
        union all
        select h.family, h.geom where h.family = 'nature_reserve' and h.class <> h.family
        union all
        select 'source:' || h.source, h.geom where h.source <> 'default'
    ) as k(key, ground)
)
select run_id, licence_no, rule_code, key, area_m2
from (
    select run_id, licence_no, rule_code, key,
           ellipsoidal_area_m2(polygons_of(st_intersection(found, st_union(polygons_of(ground) order by ground)))) as area_m2
    from keyed
    group by run_id, licence_no, rule_code, found, key
) measured
where area_m2 >= 0.005
order by key
