-- licence_rows: the rows of data that the licence of one mine is made of.
-- @run_id, @licence_no
select r.dataset_id, d.vintage, f.name as file_name, encode(f.sha256, 'hex') as file_sha256, m.source_row, m.ellipsoidal_area_m2
from run_licence r
join mining_right m using (dataset_id, row_no)
join dataset d on d.id = r.dataset_id
join dataset_file f on f.dataset_id = r.dataset_id and f.file_no = m.file_no
where r.run_id = @run_id and r.licence_no = @licence_no
order by r.dataset_id, m.source_row
