-- totals: what the rows of a dataset come to together.
-- Written for layer_table, the layer's own table.
-- @dataset_id
select rows, held, ellipsoidal_area_m2, st_xmin(box) as west, st_ymin(box) as south, st_xmax(box) as east, st_ymax(box) as north
from (select count(*) as rows, count(*) filter (where held) as held,
             sum(ellipsoidal_area_m2 order by row_no) as ellipsoidal_area_m2, st_extent(geom) as box
      from layer_table where dataset_id = @dataset_id) t
