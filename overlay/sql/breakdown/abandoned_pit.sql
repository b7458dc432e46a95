-- abandoned_pit: a finding of abandoned pits by ownership and by the forest and
-- grassland destroyed; beside it the mine's pits that are restored, and those in
-- its plane that have no owner, neither of which is in the finding.
-- @run_id, @licence_no, @rule_code  the finding
insert into finding_breakdown (run_id, licence_no, rule_code, key, ellipsoidal_area_m2)
with listed as materialized (
    select case when p.restored then 'beside:restored' when t.ownership = 'ownerless' then 'beside:ownerless'
                else coalesce(t.ownership, 'ownership_unknown') end as key, g.dataset_id, g.row_no, g.geom
    from listed_ground g
    join run_patch p using (run_id, dataset_id, row_no)
    join near_disturbance t using (dataset_id, row_no)
    where g.run_id = @run_id and g.rule_code = @rule_code and p.licence_no = @licence_no and p.confirmed
),
found as materialized (
    select (select count(distinct s.layer) from run_dataset r join dataset s on s.id = r.dataset_id
            where r.run_id = f.run_id and s.county_code = m.county_code and s.layer in ('forest', 'grassland')) = 2 as both_filed,
           inside_restricting_layer(f.run_id, m.county_code, 'forest', f.geom) as forest,
           inside_restricting_layer(f.run_id, m.county_code, 'grassland', f.geom) as grassland
    from finding f
    join run_mine m using (run_id, licence_no)
    where f.run_id = @run_id and f.licence_no = @licence_no and f.rule_code = @rule_code
)
select @run_id::bigint, @licence_no::text, @rule_code::text, key, area_m2
from (
    select key, ellipsoidal_area_m2(polygons_of(st_union(geom order by geom))) as area_m2 from listed group by key
    union all select 'forest', ellipsoidal_area_m2(forest) from found
    union all select 'grassland', ellipsoidal_area_m2(grassland) from found
    union all
    select 'forest_or_grassland', ellipsoidal_area_m2(polygons_of(st_union(array[forest, grassland])))
    from found where both_filed
) measured
where area_m2 >= 0.005
order by key
