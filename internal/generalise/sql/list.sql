-- list: how far the copies of the versions that count today are.
select d.id as dataset_id, d.county_code, d.layer, d.source, coalesce(g.status, 'waiting') as status, g.shapes_from,
       coalesce(g.done_row_no, 0) as done_row_no, coalesce(g.last_row_no, 0) as last_row_no, g.error
from versions_in_force('infinity') d
left join generalised g on g.dataset_id = d.id
order by d.county_code, d.layer, d.source
