-- citations: the rows the findings of one mine rest on, traced to file and row.
-- @run_id, @licence_no
select c.rule_code, c.role, d.layer, d.county_code, d.source, d.vintage, f.name as file_name,
       encode(f.sha256, 'hex') as file_sha256, t.source_row, coalesce(t.label, '') as label, c.ellipsoidal_area_m2, c.dataset_id
from run_finding_citation c
join dataset d on d.id = c.dataset_id
join lateral (
    select file_no, source_row, licence_no || ' ' || enterprise as label from mining_right where d.layer = 'mining_right' and dataset_id = c.dataset_id and row_no = c.row_no
    union all
    select file_no, source_row, approval_no || coalesce(' ' || enterprise, '') from land_approval where d.layer = 'land_approval' and dataset_id = c.dataset_id and row_no = c.row_no
    union all
    select file_no, source_row, patch_no from disturbance where d.layer = 'disturbance' and dataset_id = c.dataset_id and row_no = c.row_no
    union all
    select file_no, source_row, name || coalesce(' ' || zone, '') from protected_area where d.layer = 'protected_area' and dataset_id = c.dataset_id and row_no = c.row_no
    union all
    select file_no, source_row, name || ' ' || grade from water_source where d.layer = 'water_source' and dataset_id = c.dataset_id and row_no = c.row_no
    union all
    select file_no, source_row, land_code from forest where d.layer = 'forest' and dataset_id = c.dataset_id and row_no = c.row_no
    union all
    select file_no, source_row, land_code from grassland where d.layer = 'grassland' and dataset_id = c.dataset_id and row_no = c.row_no
) t on true
join dataset_file f on f.dataset_id = c.dataset_id and f.file_no = t.file_no
where c.run_id = @run_id and c.licence_no = @licence_no
order by c.rule_code, c.role, d.layer, t.label, d.county_code, d.source, c.ellipsoidal_area_m2, c.dataset_id, t.source_row
