-- finish_staging: closes the loading of a dataset whose rows are all in.
-- Written for layer_table, the layer's own table.
-- @dataset_id;  @rows_read, @rows_refused  counts of the reading
update dataset d
set status = 'staged', loaded_at = now(), rows_read = @rows_read, rows_refused = @rows_refused,
    rows_loaded = coalesce(t.rows, 0), rows_held = coalesce(t.held, 0),
    ellipsoidal_area_m2 = t.area_m2, extent = st_setsrid(t.extent, 4490)
from (select count(*) as rows, count(*) filter (where held) as held, sum(ellipsoidal_area_m2 order by row_no) as area_m2,
             st_envelope(st_buffer(st_extent(geom)::geometry, 1e-9)) as extent
      from layer_table where dataset_id = @dataset_id) t
where d.id = @dataset_id and d.status = 'loading'
