-- layer_rows: the rows of a layer that count. Written for layer_table, the
-- layer's own table.
-- @datasets  the versions to look into
select t.*, t.ellipsoidal_area_m2 * 3 / 2000 as mu, d.source, d.vintage
from layer_table t
join dataset d on d.id = t.dataset_id
where t.dataset_id = any(@datasets::bigint[]) and not t.held
