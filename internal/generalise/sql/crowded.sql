-- crowded: how many rows of a dataset lie in blocks that hold too many to be told
-- apart, of how many. A row lies where the middle of its box does.
-- @layer;  @dataset_id;  @block_degrees  the side of a block;  @most  rows in one
select coalesce(sum(n) filter (where n > @most), 0)::bigint as crowded, coalesce(sum(n), 0)::bigint as rows, coalesce(max(last), 0)::integer as last
from (
    select count(*) as n, max(row_no) as last
    from (select row_no, geom::box2d as box from classed_ground where layer = @layer and dataset_id = @dataset_id) r
    group by floor((st_xmin(box) + st_xmax(box)) / 2 / @block_degrees::double precision),
             floor((st_ymin(box) + st_ymax(box)) / 2 / @block_degrees)
) block
