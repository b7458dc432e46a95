-- features: rows of a collection by key, in the order of the keys. Written as
-- keys, for collection_keys, their list, and collection_properties, what is said
-- of each.
-- @srid  the system of the coordinates;  @north_first  their order;  @digits  behind
-- the point;  @with_geometry
select collection_id as id, p.properties,
       case when @with_geometry then st_asgeojson(case when @north_first then st_flipcoordinates(g.geom) else g.geom end, @digits::integer, 0) end as geometry
from (collection_rows) r
join collection_keys on (collection_key) = (collection_page_key)
cross join lateral (select st_forcepolygonccw(st_transform(r.geom, @srid::integer)) as geom) g
cross join lateral (select row_to_json(named)::text as properties from (select collection_properties) named) p
order by k.n
