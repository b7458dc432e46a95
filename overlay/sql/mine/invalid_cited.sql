-- invalid_cited: the rows of others that one mine's findings rest on whose stored
-- shape is not valid, of a large one near the finding.
-- @run_id, @licence_no  the mine
select distinct o.layer, o.dataset_id, f.name as file_name, o.source_row, reason(st_isvaliddetail(o.geom)) as reason,
       st_astext(location(st_isvaliddetail(o.geom)), 7) as place
from finding_citation c
join finding x using (run_id, licence_no, rule_code)
join dataset d on d.id = c.dataset_id
join lateral (
    select d.layer, m.dataset_id, m.file_no, m.source_row, m.geom from mining_right m
    where d.layer = 'mining_right' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.file_no, m.source_row, m.geom from land_approval m
    where d.layer = 'land_approval' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.file_no, m.source_row, m.geom from protected_area m
    where d.layer = 'protected_area' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.file_no, m.source_row, m.geom from water_source m
    where d.layer = 'water_source' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.file_no, m.source_row, m.geom from forest m
    where d.layer = 'forest' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.file_no, m.source_row, m.geom from grassland m
    where d.layer = 'grassland' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
) o on true
join dataset_file f on f.dataset_id = o.dataset_id and f.file_no = o.file_no
where c.run_id = @run_id and c.licence_no = @licence_no and c.role <> 'patch'
  and not st_isvalid(case when st_npoints(o.geom) > 1000 then clipped_near(o.geom, x.geom) else o.geom end)
order by 1, 2, 4
