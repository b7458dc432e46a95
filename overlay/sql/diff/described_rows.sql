-- described_rows: rows of data as a person knows them: what they are called,
-- their file and row, and what they say, the shape left out.
-- @dataset_ids, @row_nos  pairs
select d.layer, d.id as dataset_id, t.row_no, d.county_code, d.source, t.label, f.name as file_name, encode(f.sha256, 'hex') as file_sha256,
       t.source_row, sha256(st_asbinary(t.geom)) as geom_sha256,
       t.attributes - '{county_code,dataset_id,row_no,file_no,source_row,held,geom,corners,extra,ellipsoidal_area_m2}'::text[] as attributes
from (select distinct * from unnest(@dataset_ids::bigint[], @row_nos::integer[]) as asked(dataset_id, row_no)) a
join dataset d on d.id = a.dataset_id
join lateral (
    select row_no, file_no, source_row, geom, licence_no as label, to_jsonb(m) as attributes from mining_right m where d.layer = 'mining_right' and dataset_id = a.dataset_id and row_no = a.row_no
    union all
    select row_no, file_no, source_row, geom, approval_no, to_jsonb(l) from land_approval l where d.layer = 'land_approval' and dataset_id = a.dataset_id and row_no = a.row_no
    union all
    select row_no, file_no, source_row, geom, patch_no, to_jsonb(p) from disturbance p where d.layer = 'disturbance' and dataset_id = a.dataset_id and row_no = a.row_no
    union all
    select row_no, file_no, source_row, geom, name || coalesce(' ' || zone, ''), to_jsonb(p) from protected_area p where d.layer = 'protected_area' and dataset_id = a.dataset_id and row_no = a.row_no
    union all
    select row_no, file_no, source_row, geom, name || ' ' || grade, to_jsonb(w) from water_source w where d.layer = 'water_source' and dataset_id = a.dataset_id and row_no = a.row_no
    union all
    select row_no, file_no, source_row, geom, coalesce(land_code, ''), to_jsonb(v) from forest v where d.layer = 'forest' and dataset_id = a.dataset_id and row_no = a.row_no
    union all
    select row_no, file_no, source_row, geom, coalesce(land_code, ''), to_jsonb(v) from grassland v where d.layer = 'grassland' and dataset_id = a.dataset_id and row_no = a.row_no
    union all
    select row_no, file_no, source_row, geom, code, to_jsonb(v) from division v where d.layer = 'division' and dataset_id = a.dataset_id and row_no = a.row_no
) t on true
join dataset_file f on f.dataset_id = d.id and f.file_no = t.file_no
order by d.layer, d.id, t.row_no
