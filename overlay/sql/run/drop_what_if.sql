-- drop_what_if: deletes what-if runs with all they hold: one of them, or those
-- that read a dataset; a run that is being computed is left to end first.
-- @run_id  or null;  @dataset_id  or null
delete from run
where what_if <> '{}' and (id = @run_id or @dataset_id = any(what_if))
  and (status in ('complete', 'cancelled', 'failed') or @dataset_id is not null)
