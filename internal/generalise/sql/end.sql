-- end: gives up the copies of a dataset, and deletes what is made of them.
-- @dataset_id;  @status  cancelled or failed;  @error  why, or null
with ended as (
    update generalised
    set status = @status, error = @error, done_row_no = 0
    where dataset_id = @dataset_id and status = 'working'
    returning dataset_id
),
shapes as (delete from generalised_shape s using ended e where s.dataset_id = e.dataset_id),
parts as (delete from generalised_part p using ended e where p.dataset_id = e.dataset_id)
select dataset_id from ended
