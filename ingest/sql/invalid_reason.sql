-- invalid_reason: why a polygon is not valid; no row when it is.
-- @geom  EWKB
select reason(d), st_x(location(d)) as x, st_y(location(d)) as y
from st_isvaliddetail(@geom::geometry) d
where not valid(d)
