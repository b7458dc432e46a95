-- row_copy: the copy of a row of a layer with fewer corners, where there is one.
-- @copied  the datasets whose copies are complete;  @copy_level
select p.geom
from generalised_shape p
where p.dataset_id = r.dataset_id and p.row_no = r.row_no and p.level = @copy_level::integer and p.dataset_id = any(@copied::bigint[])
