-- fix_datasets: of each (county, layer, source) the accepted version with the
-- newest vintage up to the as-of date, where it may touch the counties' mines. A what-if run takes its staged datasets
-- as accepted.
-- @run_id  the run;  @as_of  its date;  @counties  its counties
insert into run_dataset (run_id, dataset_id)
with effective as (
    select distinct on (county_code, layer, source) id, county_code, layer, extent
    from dataset
    where vintage <= @as_of
      and (status = 'accepted' or status = 'staged' and id = any((select what_if from run where run.id = @run_id)::bigint[]))
    order by county_code, layer, source, vintage desc, id desc
),
ground as (
    select st_expand(st_extent(extent)::geometry, 0.1) as box
    from effective
    where county_code = any(@counties::text[]) and layer in ('mining_right', 'disturbance', 'land_approval')
)
select @run_id::bigint, e.id
from effective e, ground g
where e.county_code = any(@counties::text[]) or st_setsrid(g.box, 4490) && e.extent
order by e.id
