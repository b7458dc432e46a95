-- invalid_literals: which of some geometries are not valid; with such, PostGIS
-- answers wrongly or not at all.
-- @wkts
select g.n, st_isvalidreason(g.geom) as reason
from (select n, st_geomfromtext(wkt) as geom from unnest(@wkts::text[]) with ordinality as l(wkt, n)) g
where not st_isvalid(g.geom)
order by g.n
