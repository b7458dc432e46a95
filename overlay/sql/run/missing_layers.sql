-- missing_layers: of each county of the run, the layers of which it has no
-- accepted version by the as-of date; disturbance also where no image is that
-- old.
-- @run_id, @as_of, @counties  the run
select c.code as county_code, l.layer
from unnest(@counties::text[]) as c(code)
cross join unnest(array['mining_right', 'land_approval', 'protected_area', 'water_source', 'forest', 'grassland', 'disturbance']) as l(layer)
where not exists (
    select from run_dataset r
    join dataset d on d.id = r.dataset_id
    where r.run_id = @run_id and d.county_code = c.code and d.layer = l.layer
      and (l.layer <> 'disturbance' or exists (
          select from footprint f where f.dataset_id = d.id and f.imaged_on <= @as_of)))
order by c.code, l.layer
