-- listed_ground: what the ground listed under a rule comes to, restored or not,
-- by ownership, and together where ownership is empty; by county of the patch,
-- and together where county_code is empty. Ground of several patches counts
-- once. Vegetation is null where a county filed not both layers.
-- @run_id;  @counties;  @rule_code
-- @grid_degrees  of the union; negative for none
with filed as materialized (
    select c.county_code, count(distinct s.layer) = 2 as both_filed
    from unnest(@counties::text[]) as c(county_code)
    left join (run_dataset r join dataset s on s.id = r.dataset_id and s.layer in ('forest', 'grassland'))
        on r.run_id = @run_id and s.county_code = c.county_code
    group by c.county_code
),
listed as materialized (
    select p.county_code, coalesce(t.ownership, 'ownership_unknown') as ownership, g.dataset_id, g.row_no, g.geom, v.geom as vegetation, f.both_filed
    from listed_ground g
    join run_patch p using (run_id, dataset_id, row_no)
    join disturbance t using (dataset_id, row_no)
    join filed f on f.county_code = p.county_code
    cross join lateral (
        select case when f.both_filed then polygons_of(st_union(array[
                   inside_restricting_layer(@run_id, p.county_code, 'forest', g.geom),
                   inside_restricting_layer(@run_id, p.county_code, 'grassland', g.geom)])) end as geom
    ) v
    where g.run_id = @run_id and g.rule_code = @rule_code
)
select coalesce(county_code, '') as county_code, coalesce(ownership, '') as ownership,
       ellipsoidal_area_m2(polygons_of(st_union(geom, @grid_degrees::double precision order by geom))) as ellipsoidal_area_m2,
       case when bool_and(both_filed) then coalesce(ellipsoidal_area_m2(polygons_of(
           st_union(vegetation, @grid_degrees::double precision order by vegetation))), 0) end as vegetation_m2
from listed
group by grouping sets ((county_code, ownership), (county_code), (ownership), ())
having count(*) > 0
order by 1, 2
