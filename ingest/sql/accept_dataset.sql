-- accept_dataset: puts a staged dataset on the time line of its layer.
-- @dataset_id;  @accepted_by  who;  @held_decision  accept, leave_out or null
update dataset
set status = 'accepted', accepted_at = now(), accepted_by = @accepted_by,
    held_decision = case when rows_held > 0 then @held_decision::text end
where id = @dataset_id and status = 'staged'
