-- invalid_cited: the rows of others that one mine's findings rest on whose stored
-- shape is not valid; of a large row, the shape of its pieces near the finding,
-- which are what was laid over.
-- @run_id, @licence_no  the mine
select distinct o.layer, o.dataset_id, f.name as file_name, o.source_row, reason(st_isvaliddetail(g.geom)) as reason,
       st_astext(location(st_isvaliddetail(g.geom)), 7) as place
from finding_citation c
join finding x using (run_id, licence_no, rule_code)
join dataset d on d.id = c.dataset_id
join lateral (
    select d.layer, m.dataset_id, m.row_no, m.file_no, m.source_row, m.geom from near_mining_right m
    where d.layer = 'mining_right' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.row_no, m.file_no, m.source_row, m.geom from near_land_approval m
    where d.layer = 'land_approval' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.row_no, m.file_no, m.source_row, m.geom from near_protected_area m
    where d.layer = 'protected_area' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.row_no, m.file_no, m.source_row, m.geom from near_water_source m
    where d.layer = 'water_source' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.row_no, m.file_no, m.source_row, m.geom from near_forest m
    where d.layer = 'forest' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
    union all
    select d.layer, m.dataset_id, m.row_no, m.file_no, m.source_row, m.geom from near_grassland m
    where d.layer = 'grassland' and m.dataset_id = c.dataset_id and m.row_no = c.row_no
) o on true
join dataset_file f on f.dataset_id = o.dataset_id and f.file_no = o.file_no
cross join lateral (
    select p.geom from restricting_piece p where p.dataset_id = o.dataset_id and p.row_no = o.row_no and p.geom && x.geom
    union all
    select o.geom where not exists (select from restricting_piece where dataset_id = o.dataset_id and row_no = o.row_no)
) g
where c.run_id = @run_id and c.licence_no = @licence_no and c.role <> 'patch' and not st_isvalid(g.geom)
order by 1, 2, 4
