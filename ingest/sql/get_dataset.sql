-- get_dataset: one dataset with its files and footprints; of one that is loading,
-- how many rows are read so far.
-- @dataset_id
select d.id, d.county_code, d.layer, d.source, d.vintage, d.mode, d.status, d.reference, d.encoding, d.mapping,
       case when d.status = 'loading' then coalesce(r.rows_read, 0) else d.rows_read end as rows_read,
       d.rows_loaded, d.rows_held, d.rows_refused, d.ellipsoidal_area_m2, d.error, d.held_decision,
       d.created_at, d.loaded_at, d.accepted_at, d.accepted_by,
       st_xmin(d.extent) as west, st_ymin(d.extent) as south, st_xmax(d.extent) as east, st_ymax(d.extent) as north,
       coalesce((select jsonb_agg(jsonb_build_object('name', f.name, 'layer_name', f.layer_name,
                        'sha256', encode(f.sha256, 'hex'), 'bytes', f.bytes) order by f.file_no)
                 from dataset_file f where f.dataset_id = d.id), '[]') as files,
       coalesce((select jsonb_agg(jsonb_build_object('imaged_on', p.imaged_on, 'whole_county', p.geom is null) order by p.imaged_on)
                 from footprint p where p.dataset_id = d.id), '[]') as footprints
from dataset d
left join dataset_progress r on r.dataset_id = d.id
where d.id = @dataset_id
