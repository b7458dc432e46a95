-- accept_version: puts a new version on its time line.
-- @dataset_id
update dataset set status = 'accepted', accepted_at = now(), accepted_by = 'bench' where id = @dataset_id
