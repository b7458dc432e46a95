-- extent: the ground a collection covers, null where it is empty. Written as
-- keys.
select st_xmin(e) as west, st_ymin(e) as south, st_xmax(e) as east, st_ymax(e) as north
from (select st_extent(r.geom) as e from (collection_rows) r) whole
