-- datasets: the versions a run read, with their first file and how their
-- coordinates came onto CGCS2000.
-- @run_id
select d.id, d.county_code, d.layer, d.source, d.vintage, d.reference ->> 'name' as reference_name,
       coalesce(d.reference ->> 'how', '') as reference_how, coalesce(d.reference ->> 'fix', '') as reference_fix,
       d.reference -> 'shift' as datum_shift, coalesce((d.reference ->> 'approximate')::boolean, false) as approximate,
       f.name as file_name, encode(f.sha256, 'hex') as file_sha256, d.rows_loaded, d.rows_held
from run_dataset r
join dataset d on d.id = r.dataset_id
join dataset_file f on f.dataset_id = d.id and f.file_no = 1
where r.run_id = @run_id
order by d.county_code, d.layer, d.source
