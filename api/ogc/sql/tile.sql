-- tile: what lies in a tile, as a vector tile. Written as keys; with
-- collection_properties, what is said of each, collection_blank, as many nulls, and
-- collection_copy, the copy of a row with fewer corners. Corners that are a quarter
-- of a pixel away from a line through the others are left out, and of what has very
-- many only what is near is looked at. What is too small or narrow to be seen is
-- shown as a square of two of 4096 steps, so that nothing found is lost.
-- @name  of the layer in the tile;  @srid  the system of the tile
-- @left, @bottom, @right, @top  its box in that system
-- @west, @south, @east, @north  what is looked at, in degrees: the box and the
-- margin around it;  @tolerance_degrees  a quarter of a pixel
-- @celled  the datasets of which cells are shown;  @level  theirs;  @cell_degrees  the
-- side of one
select st_asmvt(tile, @name::text, 4096, 'geom')
from (
    (
        select collection_id as id, collection_properties, case when copy.geom is not null then true end as generalised,
               null::text as class, null::double precision as class_share, null::double precision as share, null::bigint as count,
               coalesce(st_asmvtgeom(st_transform(s.geom, @srid::integer), b.box, 4096, 64, true),
                        st_asmvtgeom(st_expand(st_transform(st_pointonsurface(n.geom), @srid), (@right::double precision - @left) / 4096), b.box, 4096, 64, true)) as geom
        from (select st_makeenvelope(@left, @bottom, @right, @top)::box2d as box, st_makeenvelope(@west, @south, @east, @north, 4490) as near) b
        cross join (collection_rows) r
        left join lateral (collection_copy) copy on true
        cross join lateral (
            select case when st_npoints(whole.geom) > 500 then clipped_near(whole.geom, b.near) else whole.geom end as geom
            from (select coalesce(copy.geom, r.geom) as geom offset 0) whole
            offset 0
        ) n
        cross join lateral (select st_simplify(n.geom, @tolerance_degrees::double precision, true) as geom offset 0) s
        where r.geom && b.near
        order by collection_key
    )
    union all
    (
        select null, collection_blank, true, nullif(c.class, ''), round(c.class_share::numeric, 4)::double precision, round(c.share::numeric, 4)::double precision, c.row_count,
               st_asmvtgeom(st_transform(st_makeenvelope(
                   c.x * @cell_degrees::double precision - 180, c.y * @cell_degrees - 90, (c.x + 1) * @cell_degrees - 180, (c.y + 1) * @cell_degrees - 90, 4490), @srid),
                   st_makeenvelope(@left, @bottom, @right, @top)::box2d, 4096, 64, true)
        from generalised_cell c
        where c.dataset_id = any(@celled::bigint[]) and c.level = @level
          and c.x between floor((@west::double precision + 180) / @cell_degrees)::integer and floor((@east::double precision + 180) / @cell_degrees)::integer
          and c.y between floor((@south::double precision + 90) / @cell_degrees)::integer and floor((@north::double precision + 90) / @cell_degrees)::integer
        order by c.dataset_id, c.x, c.y
    )
) tile
where tile.geom is not null
