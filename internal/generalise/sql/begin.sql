-- begin: notes that the copies of a dataset are being made; once they are, or a
-- person has cancelled them, nothing happens.
-- @dataset_id;  @shapes_from;  @last_row_no
insert into generalised (dataset_id, shapes_from, last_row_no)
values (@dataset_id, @shapes_from, @last_row_no)
on conflict do nothing
