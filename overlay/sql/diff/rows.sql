-- rows: the rows of data in which two runs differ, for each finding in which they
-- differ: those that lie over the ground that came or went, with the area of it,
-- and without an area the others that are the mine's own.
-- @old_run, @new_run
with change as materialized (
    select layer, coalesce(dataset_id, base_dataset_id) as dataset_id, coalesce(row_no, base_row_no) as row_no, row_no is null as gone, geom
    from row_changes(@old_run, @new_run)
    where base_row_no is null or row_no is null
),
differing as materialized (
    select licence_no, rule_code, g.geom
    from (select * from run_finding where run_id = @old_run) a
    full join (select * from run_finding where run_id = @new_run) b using (licence_no, rule_code)
    cross join lateral (values
        (case when a.geom is null then b.geom else ground_without(b.geom, a.geom) end),
        (case when b.geom is null then a.geom else ground_without(a.geom, b.geom) end)
    ) as g(geom)
    where st_asbinary(a.geom) is distinct from st_asbinary(b.geom) and not st_isempty(g.geom)
),
met as materialized (
    select d.licence_no, d.rule_code, c.layer, c.dataset_id, c.row_no, c.gone,
           sum(ellipsoidal_area_m2(d.geom) - ellipsoidal_area_m2(ground_without(d.geom, clipped_near(c.geom, d.geom)))) as over_m2
    from differing d
    join change c on c.geom && d.geom and st_intersects(c.geom, d.geom)
    group by d.licence_no, d.rule_code, c.layer, c.dataset_id, c.row_no, c.gone
),
own as (
    select licence_no, dataset_id, row_no from run_patch where run_id in (@old_run, @new_run) and licence_no is not null
    union
    select licence_no, dataset_id, row_no from run_approval where run_id in (@old_run, @new_run)
    union
    select licence_no, dataset_id, row_no from run_licence where run_id in (@old_run, @new_run)
)
select licence_no, rule_code, layer, dataset_id, row_no, gone, over_m2
from met
where over_m2 >= 0.005
union all
select d.licence_no, d.rule_code, c.layer, c.dataset_id, c.row_no, c.gone, null
from (select distinct licence_no, rule_code from differing) d
join own o using (licence_no)
join change c using (dataset_id, row_no)
where not exists (select from met m where m.licence_no = d.licence_no and m.rule_code = d.rule_code
                    and m.dataset_id = c.dataset_id and m.row_no = c.row_no and m.over_m2 >= 0.005)
order by licence_no, rule_code, layer, dataset_id, row_no
