-- datasets: the versions in which two runs differ, with how many of their rows
-- came and went, and whether they speak of other ground: images that looked
-- elsewhere, a source that covers another part.
-- @old_run, @new_run
with version as materialized (
    select r.run_id, d.id, d.county_code, d.layer, d.source, d.vintage, f.name as file_name,
           coalesce((select string_agg(p.imaged_on::text || ' ' || coalesce(encode(sha256(st_asbinary(p.geom)), 'hex'), 'all'), ',' order by p.imaged_on)
                     from footprint p where p.dataset_id = d.id), '') || coalesce(encode(sha256(st_asbinary(d.coverage)), 'hex'), '') as looked
    from run_dataset r
    join dataset d on d.id = r.dataset_id
    join dataset_file f on f.dataset_id = d.id and f.file_no = 1
    where r.run_id in (@old_run, @new_run)
),
change as materialized (
    select coalesce(base_dataset_id, 0) as old_id, coalesce(dataset_id, 0) as new_id, base_row_no, row_no
    from row_changes(@old_run, @new_run)
    where base_row_no is null or row_no is null
)
select county_code, layer, source, o.id as old_id, n.id as new_id, o.vintage as old_vintage, n.vintage as new_vintage,
       coalesce(o.file_name, '') as old_file_name, coalesce(n.file_name, '') as new_file_name,
       (select count(*) from change c where c.new_id = n.id and c.base_row_no is null) as rows_came,
       (select count(*) from change c where c.old_id = o.id and c.row_no is null) as rows_went,
       o.looked is distinct from n.looked as looked_elsewhere
from (select * from version where run_id = @old_run) o
full join (select * from version where run_id = @new_run) n using (county_code, layer, source)
where o.id is distinct from n.id
order by county_code, layer, source
