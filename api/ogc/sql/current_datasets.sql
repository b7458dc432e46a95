-- current_datasets: of each county and source the accepted version of a layer
-- with the newest vintage, as it was at a time; with when generalised copies were
-- made of it, and from which level on maps show its rows.
-- @layer;  @at
select d.id, d.county_code, c.name as county_name, d.source, d.vintage, st_xmin(d.extent) as west, st_ymin(d.extent) as south,
       st_xmax(d.extent) as east, st_ymax(d.extent) as north, f.first_imaged_on, f.last_imaged_on,
       d.rows_loaded - case when d.held_decision = 'leave_out' then d.rows_held else 0 end as counting_rows,
       g.completed_at as generalised_at, g.shapes_from
from versions_in_force('infinity', @at) d
join county c on c.code = d.county_code
left join generalised g on g.dataset_id = d.id and g.status = 'complete'
left join lateral (
    select min(imaged_on) as first_imaged_on, max(imaged_on) as last_imaged_on from footprint where dataset_id = d.id
) f on true
where d.layer = @layer
order by d.county_code, d.source
