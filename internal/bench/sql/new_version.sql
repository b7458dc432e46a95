-- new_version: a version after a dataset of disturbance, not yet accepted.
-- @dataset_id;  @vintage  of the new version;  @by  whose it is
with made as (
    insert into dataset (county_code, layer, source, vintage, mode, base_id, reference, rows_read, rows_loaded, extent, loaded_at)
    select county_code, layer, source, @vintage, 'update', id, reference, rows_read, rows_loaded, extent, now()
    from dataset
    where id = @dataset_id
    returning id
),
file as (
    insert into dataset_file (dataset_id, file_no, name, sha256, bytes) select id, 1, @by, decode(repeat('00', 32), 'hex'), 0 from made
),
looked as (
    insert into footprint (dataset_id, imaged_on, geom)
    select made.id, f.imaged_on, f.geom from footprint f, made where f.dataset_id = @dataset_id
)
select id from made
