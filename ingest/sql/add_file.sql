-- add_file: a file a dataset is made of.
-- @dataset_id, @file_no, @name, @layer_name, @sha256, @bytes
insert into dataset_file (dataset_id, file_no, name, layer_name, sha256, bytes)
values (@dataset_id, @file_no, @name, @layer_name, @sha256, @bytes)
