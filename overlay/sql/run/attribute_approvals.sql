-- attribute_approvals: gives each approval to the mine it names; else to all
-- mines of the enterprise it names; else to the mine whose right it overlaps
-- most, the smaller number where overlaps are alike to 0.01 m².
-- @run_id  the run
insert into run_approval (run_id, licence_no, dataset_id, row_no, attributed_by)
with approval as materialized (
    select a.dataset_id, a.row_no, a.licence_no, a.enterprise, a.geom
    from land_approval a
    join run_dataset r using (dataset_id)
    where r.run_id = @run_id and not a.held
),
nameless as (
    select distinct on (a.dataset_id, a.row_no) a.dataset_id, a.row_no, m.licence_no
    from approval a
    join run_mine m on m.run_id = @run_id and m.geom && a.geom
    cross join lateral (select ellipsoidal_area_m2(polygons_of(st_intersection(m.geom, sound(a.geom)))) as overlap_m2 offset 0) o
    where a.licence_no is null and a.enterprise is null and o.overlap_m2 >= 0.005
    order by a.dataset_id, a.row_no, round(o.overlap_m2::numeric, 2) desc, m.licence_no
)
select @run_id::bigint, m.licence_no, a.dataset_id, a.row_no, 'licence'
from approval a
join run_mine m on m.run_id = @run_id and m.licence_no = a.licence_no
union all
select @run_id::bigint, m.licence_no, a.dataset_id, a.row_no, 'enterprise'
from approval a
join run_mine m on m.run_id = @run_id and m.enterprise = a.enterprise
where a.licence_no is null
union all
select @run_id::bigint, licence_no, dataset_id, row_no, 'overlap'
from nameless
order by 2, 3, 4
