-- invalid_near: the rows of other ground over one mine's own whose stored shape
-- is not valid, asked when the mine could not be computed.
-- @run_id, @licence_no  the mine
with own as materialized (
    select geom from run_mine where run_id = @run_id and licence_no = @licence_no
    union all
    select d.geom from run_patch r join disturbance d using (dataset_id, row_no) where r.run_id = @run_id and r.licence_no = @licence_no
    union all
    select a.geom from run_approval r join land_approval a using (dataset_id, row_no) where r.run_id = @run_id and r.licence_no = @licence_no
)
select o.layer, o.dataset_id, f.name as file_name, o.source_row, reason(st_isvaliddetail(o.geom)) as reason,
       st_astext(location(st_isvaliddetail(o.geom)), 7) as place
from (
    select 'mining_right' as layer, dataset_id, file_no, source_row, geom from mining_right where not held
    union all
    select 'land_approval', dataset_id, file_no, source_row, geom from land_approval where not held
    union all
    select 'disturbance', dataset_id, file_no, source_row, geom from disturbance where not held
    union all
    select 'protected_area', dataset_id, file_no, source_row, geom from protected_area where not held
    union all
    select 'water_source', dataset_id, file_no, source_row, geom from water_source where not held
    union all
    select 'forest', dataset_id, file_no, source_row, geom from forest where not held
    union all
    select 'grassland', dataset_id, file_no, source_row, geom from grassland where not held
) o
join run_dataset r on r.run_id = @run_id and r.dataset_id = o.dataset_id
join dataset_file f on f.dataset_id = o.dataset_id and f.file_no = o.file_no
where exists (select from own where own.geom && o.geom) and not st_isvalid(o.geom)
order by o.layer, o.dataset_id, o.source_row
