-- tile: what lies in a tile, as a vector tile. Written as keys; with
-- collection_properties, what is said of each. What is too small or narrow to be
-- seen is shown as a square of two pixels, so that nothing found is lost.
-- @name  of the layer in the tile;  @srid  the system of the tile
-- @left, @bottom, @right, @top  its box in that system
-- @west, @south, @east, @north  what is looked at, in degrees: the box and the
-- margin around it
select st_asmvt(tile, @name::text, 4096, 'geom')
from (
    select collection_id as id, collection_properties,
           coalesce(st_asmvtgeom(g.geom, b.box, 4096, 64, true),
                    st_asmvtgeom(st_expand(st_pointonsurface(g.geom), (@right::double precision - @left) / 4096), b.box, 4096, 64, true)) as geom
    from (select st_makeenvelope(@left, @bottom, @right, @top)::box2d as box) b
    cross join (collection_rows) r
    cross join lateral (select st_transform(r.geom, @srid::integer) as geom offset 0) g
    where r.geom && st_makeenvelope(@west, @south, @east, @north, 4490)
    order by collection_key
) tile
where tile.geom is not null
