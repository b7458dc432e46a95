-- copy_base_files: the files of the version an addition builds on.
-- @dataset_id;  @base_id
insert into dataset_file (dataset_id, file_no, name, layer_name, sha256, bytes)
select @dataset_id::bigint, file_no, name, layer_name, sha256, bytes
from dataset_file
where dataset_id = @base_id
