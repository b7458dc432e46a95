-- put_cells: the cells of all levels, four of each level in one of the next. Of a
-- cell stays the class that has most of it; ground of which rows lie upon each other
-- is not more than the whole.
-- @dataset_id;  @finest  the level that the parts are of
insert into generalised_cell (dataset_id, level, x, y, class, class_share, share, row_count)
with class_of_cell as (
    select l.level, p.x >> (@finest - l.level) as x, p.y >> (@finest - l.level) as y, p.class,
           sum(p.ellipsoidal_area_m2) as area_m2, sum(p.row_count) as row_count
    from generalised_part p
    cross join generate_series(0, @finest::integer) as l(level)
    where p.dataset_id = @dataset_id
    group by 1, 2, 3, 4
),
cell as (
    select level, x, y, class, area_m2, 360 / 2 ^ (level + 5) as side,
           sum(area_m2) over whole as all_m2, sum(row_count) over whole as row_count,
           row_number() over (whole order by area_m2 desc, class) as place
    from class_of_cell
    window whole as (partition by level, x, y)
),
largest as (
    select c.*, ellipsoidal_area_m2(st_makeenvelope(x * side - 180, y * side - 90, (x + 1) * side - 180, (y + 1) * side - 90, 4490)) as cell_m2
    from cell c
    where place = 1 and area_m2 > 0
)
select @dataset_id, level, x, y, class, least(area_m2 / cell_m2, 1), least(all_m2 / cell_m2, 1), row_count
from largest
