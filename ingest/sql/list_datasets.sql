-- list_datasets: the datasets of a county, newest first.
-- @county_code  or null for all;  @layer  or null for all;  @before_id  keyset, or null;  @max_rows
select d.id, d.county_code, d.layer, d.source, d.vintage, d.status, d.rows_loaded, d.rows_held, d.rows_refused,
       d.created_at, d.accepted_at, f.name as file_name
from dataset d
left join dataset_file f on f.dataset_id = d.id and f.file_no = 1
where (@county_code::text is null or d.county_code = @county_code)
  and (@layer::text is null or d.layer = @layer)
  and (@before_id::bigint is null or d.id < @before_id)
order by d.id desc
limit @max_rows
