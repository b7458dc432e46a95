-- due_datasets: the versions that count today, of each layer, county and source,
-- whose copies are still to be made.
select id
from (
    select distinct on (county_code, layer, source) id
    from dataset
    where status = 'accepted'
    order by county_code, layer, source, vintage desc, id desc
) newest
left join generalised g on g.dataset_id = newest.id
where g.dataset_id is null or g.status = 'working'
order by id
