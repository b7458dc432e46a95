-- around: the ground of a run that a map of one mine shows around it, cut to the
-- map and as fine as the map can show: forest, grassland, water sources,
-- protected areas, and the other mining rights of the run. What comes out is
-- drawn, never measured.
-- @run_id, @licence_no  the mine
-- @west, @south, @east, @north  the map, degrees;  @detail_deg  what it cannot show
with map as (
    select st_makeenvelope(@west::float8, @south::float8, @east::float8, @north::float8, 4490) as box
),
layer as materialized (
    select d.id, d.layer from run_dataset r join dataset d on d.id = r.dataset_id where r.run_id = @run_id
),
near as (
    select r.layer, r.class, r.name, r.geom
    from map
    cross join layer l
    -- The barrier of OFFSET makes it one search of each dataset's index.
    cross join lateral (
        select layer, class, name, geom
        from restricting_ground
        where layer = l.layer and dataset_id = l.id and geom && map.box
        offset 0
    ) r
    union all
    select 'mining_right', '', coalesce(m.mine_name, m.enterprise), m.geom
    from map join run_mine m on m.run_id = @run_id and m.licence_no <> @licence_no and m.geom && map.box
),
shown as (
    select n.layer, n.class, n.name, st_collectionextract(
        st_simplify(case when n.geom @ map.box then n.geom else st_clipbybox2d(n.geom, map.box) end, @detail_deg::float8), 3) as geom
    from near n, map
)
select layer, class, name, geom
from shown
where not st_isempty(geom)
order by layer, name, class, geom
