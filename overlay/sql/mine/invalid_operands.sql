-- invalid_operands: the rows of one mine whose stored shape is not valid: overlay
-- on such a shape is often wrong without an error. They are valid when they are
-- stored, so something changed them.
-- @run_id, @licence_no  the mine
select o.layer, o.dataset_id, f.name as file_name, o.source_row, reason(st_isvaliddetail(o.geom)) as reason,
       st_astext(location(st_isvaliddetail(o.geom)), 7) as place
from (
    select 'mining_right' as layer, m.dataset_id, m.file_no, m.source_row, m.geom
    from run_licence r join near_mining_right m using (dataset_id, row_no)
    where r.run_id = @run_id and r.licence_no = @licence_no
    union all
    select 'land_approval', a.dataset_id, a.file_no, a.source_row, a.geom
    from run_approval r join near_land_approval a using (dataset_id, row_no)
    where r.run_id = @run_id and r.licence_no = @licence_no
    union all
    select 'disturbance', d.dataset_id, d.file_no, d.source_row, d.geom
    from run_patch r join near_disturbance d using (dataset_id, row_no)
    where r.run_id = @run_id and r.licence_no = @licence_no
) o
join dataset_file f on f.dataset_id = o.dataset_id and f.file_no = o.file_no
where not st_isvalid(o.geom)
order by o.layer, o.dataset_id, o.source_row
