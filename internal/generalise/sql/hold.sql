-- hold: how far the copies of a dataset are; nobody else goes on with them until
-- the transaction ends.
-- @dataset_id
select g.status, g.shapes_from, g.done_row_no, g.last_row_no, d.layer
from generalised g
join dataset d on d.id = g.dataset_id
where g.dataset_id = @dataset_id
for no key update of g
