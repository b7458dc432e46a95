-- due_datasets: the versions that count today, of each layer, county and source,
-- whose copies are still to be made.
select d.id
from versions_in_force('infinity') d
left join generalised g on g.dataset_id = d.id
where g.dataset_id is null or g.status = 'working'
order by d.id
