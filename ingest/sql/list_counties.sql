-- list_counties: all counties by code.
select code, name, st_xmin(extent) as west, st_ymin(extent) as south, st_xmax(extent) as east, st_ymax(extent) as north
from county
order by code
