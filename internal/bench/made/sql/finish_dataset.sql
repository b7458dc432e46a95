-- finish_dataset: puts a dataset whose rows are all in on its time line.
-- @dataset_id;  @rows, @ellipsoidal_area_m2  how many, and their sum
-- @west, @south, @east, @north  degrees, the box of all
update dataset
set status = 'accepted', loaded_at = now(), accepted_at = now(), accepted_by = 'made', rows_read = @rows, rows_loaded = @rows,
    ellipsoidal_area_m2 = @ellipsoidal_area_m2, extent = st_makeenvelope(@west, @south, @east, @north, 4490)
where id = @dataset_id
