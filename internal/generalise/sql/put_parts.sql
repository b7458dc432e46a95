-- put_parts: adds what rows have of each cell, in the equal-area plane, where cells
-- are rectangles too. Rows of very many corners are cut up first: each of their
-- cells would look at all of them. Clipping is quick and at times leaves out ground
-- without a word: what does not add up is intersected. A row is counted where
-- most of it lies.
-- @layer;  @dataset_id;  @after, @upto  the numbers of the rows;  @corners  that are
-- very many;  @cell_degrees  the side of a cell
insert into generalised_part (dataset_id, x, y, class, ellipsoidal_area_m2, row_count)
with ground as materialized (
    select row_no, class, geom, ellipsoidal_area_m2, st_npoints(geom) > @corners as large
    from classed_ground
    where layer = @layer and dataset_id = @dataset_id and row_no > @after and row_no <= @upto
),
piece as (
    select row_no, class, geom, ellipsoidal_area_m2 as area_m2 from ground where not large
    union all
    select row_no, class, st_subdivide(geom, 256), null from ground where large
),
spanning as materialized (
    select row_number() over () as no, row_no, class, geom, area_m2,
           floor((st_xmin(geom) + 180) / @cell_degrees::double precision)::integer as west, floor((st_xmax(geom) + 180) / @cell_degrees)::integer as east,
           floor((st_ymin(geom) + 90) / @cell_degrees)::integer as south, floor((st_ymax(geom) + 90) / @cell_degrees)::integer as north
    from piece
),
clipped as (
    select s.no, s.row_no, s.class, x, y, s.plane, cell.box, st_area(st_clipbybox2d(s.plane, cell.box::box2d)) as area_m2
    from (select *, st_transform(geom, 904490) as plane from spanning where west < east or south < north offset 0) s
    cross join generate_series(s.west, s.east) x
    cross join generate_series(s.south, s.north) y
    cross join lateral (
        select st_transform(st_makeenvelope(x * @cell_degrees - 180, y * @cell_degrees - 90, (x + 1) * @cell_degrees - 180, (y + 1) * @cell_degrees - 90, 4490), 904490) as box
        offset 0
    ) cell
),
part as (
    select row_no, class, west as x, south as y, coalesce(area_m2, ellipsoidal_area_m2(geom)) as area_m2
    from spanning
    where west = east and south = north
    union all
    select row_no, class, x, y,
           case when abs(sum(area_m2) over (partition by no) - st_area(plane)) <= 1e-6 * st_area(plane) then area_m2
                else st_area(polygons_of(st_intersection(plane, box))) end
    from clipped
),
of_row as (
    select row_no, class, x, y, sum(area_m2) as area_m2
    from part
    group by row_no, class, x, y
    having sum(area_m2) > 0
),
called as (
    select *, row_number() over (partition by row_no order by area_m2 desc, x, y) = 1 as here from of_row
)
select @dataset_id, x, y, class, sum(area_m2), count(*) filter (where here)
from called
group by x, y, class
order by x, y, class
on conflict (dataset_id, x, y, class) do update
set ellipsoidal_area_m2 = generalised_part.ellipsoidal_area_m2 + excluded.ellipsoidal_area_m2,
    row_count = generalised_part.row_count + excluded.row_count
