-- finish_staging: closes the loading of a dataset whose rows are all in.
-- @dataset_id;  @rows_read, @rows_refused  counts of the reading
-- @rows, @held  counts of what is stored;  @ellipsoidal_area_m2  of it
-- @west, @south, @east, @north  its box in degrees
update dataset
set status = 'staged', loaded_at = now(), rows_read = @rows_read, rows_refused = @rows_refused,
    rows_loaded = @rows, rows_held = @held, ellipsoidal_area_m2 = @ellipsoidal_area_m2,
    extent = st_expand(st_makeenvelope(@west, @south, @east, @north, 4490), 1e-9)
where id = @dataset_id and status = 'loading'
