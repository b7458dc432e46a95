-- accept_dataset: puts a staged dataset on the time line of its layer. Its time is
-- later than that of every acceptance, and of every run that did not read it, though
-- the clock may have been put back since.
-- @dataset_id;  @accepted_by  who;  @held_decision  accept, leave_out or null
update dataset
set status = 'accepted', accepted_at = greatest(now(), (select max(accepted_at) + interval '1 microsecond' from dataset),
                                               (select max(greatest(created_at, finished_at)) + interval '1 microsecond' from run)),
    accepted_by = @accepted_by,
    held_decision = case when rows_held > 0 then @held_decision::text end
where id = @dataset_id and status = 'staged'
