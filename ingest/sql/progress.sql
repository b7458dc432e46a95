-- progress: how far a load is.
-- @dataset_id, @rows_read
insert into dataset_progress (dataset_id, rows_read)
values (@dataset_id, @rows_read)
on conflict (dataset_id) do update set rows_read = excluded.rows_read
