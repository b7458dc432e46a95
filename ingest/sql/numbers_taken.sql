-- numbers_taken: how far the rows and files of a dataset are numbered.
-- Written for loading_table, the dataset's own table.
-- @dataset_id
select coalesce((select max(row_no) from loading_table where dataset_id = @dataset_id), 0),
       coalesce((select max(file_no) from dataset_file where dataset_id = @dataset_id), 0)
