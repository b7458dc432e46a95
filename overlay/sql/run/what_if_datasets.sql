-- what_if_datasets: datasets that a run would take as accepted, and what stands
-- against it: an accepted version as new or newer would be read in their place.
-- @dataset_ids;  @as_of
select d.id, d.status, d.vintage, d.county_code, d.layer, d.source, d.rows_held,
       coalesce((select max(a.id) from dataset a
                 where a.status = 'accepted' and a.county_code = d.county_code and a.layer = d.layer and a.source = d.source
                   and a.vintage <= @as_of and (a.vintage, a.id) > (d.vintage, d.id)), 0) as superseded_by
from dataset d
where d.id = any(@dataset_ids)
order by d.id
