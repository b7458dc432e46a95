-- begin_dataset: a dataset that is about to be written.
-- @county_code, @layer, @source, @coverage  what it is;  @vintage  its date
-- @drawn  the SHA-256 of what it was drawn by
with made as (
    insert into dataset (county_code, layer, source, vintage, coverage, reference)
    values (@county_code, @layer, @source, @vintage, @coverage, '{"name": "CGCS2000"}')
    returning id
)
insert into dataset_file (dataset_id, file_no, name, sha256, bytes)
select id, 1, 'made', @drawn, 0 from made
returning dataset_id
