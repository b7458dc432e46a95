-- fix_licences: the rows each mine's plane is made of.
-- @run_id  the run
insert into run_licence (run_id, licence_no, dataset_id, row_no)
select m.run_id, m.licence_no, r.dataset_id, r.row_no
from run_mine m
join mining_right r on r.licence_no = m.licence_no and r.county_code = m.county_code and not r.held
join run_dataset d on d.run_id = m.run_id and d.dataset_id = r.dataset_id
where m.run_id = @run_id
order by m.licence_no, r.dataset_id, r.row_no
