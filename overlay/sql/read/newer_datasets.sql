-- newer_datasets: the versions accepted since a run was created which it did not
-- read and which may touch one of its mines, whatever day they speak of.
-- @run_id, @licence_no
select d.id, d.county_code, d.layer, d.source, d.vintage, d.accepted_at
from run r
join run_mine m on m.run_id = r.id and m.licence_no = @licence_no
join dataset d on d.status = 'accepted' and d.accepted_at > r.created_at
              and (d.county_code = m.county_code or d.extent && st_expand(m.geom, 0.1))
where r.id = @run_id and not exists (select from run_dataset u where u.run_id = r.id and u.dataset_id = d.id)
order by d.accepted_at, d.id
