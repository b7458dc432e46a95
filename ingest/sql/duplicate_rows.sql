-- duplicate_rows: the rows of a file that say all of an earlier row again, the
-- shape to the last digit and every attribute; at most @max_rows of them, each
-- with the number of all. Equal shapes have equal areas, which cost little to compare; only
-- rows that share one are looked at whole.
-- Written for layer_table, the layer's own table.
-- @dataset_id;  @file_no  the file;  @max_rows
with shared as materialized (
    select ellipsoidal_area_m2
    from layer_table
    where dataset_id = @dataset_id
    group by ellipsoidal_area_m2
    having count(*) > 1
),
told as (
    select t.row_no, t.file_no, t.source_row, first_value(t.row_no) over same as first_no
    from layer_table t
    join shared s on s.ellipsoidal_area_m2 = t.ellipsoidal_area_m2
    where t.dataset_id = @dataset_id
    window same as (partition by md5(st_asbinary(t.geom)), t.extra, layer_fields(t) order by t.row_no)
)
select told.source_row, f.source_row as first_row, f.file_no as first_file,
       st_x(st_pointonsurface(f.geom)) as lon, st_y(st_pointonsurface(f.geom)) as lat, told.duplicates
from (select *, count(*) over () as duplicates
      from told
      where row_no <> first_no and file_no = @file_no
      order by row_no
      limit @max_rows) told
join layer_table f on f.dataset_id = @dataset_id and f.row_no = told.first_no
order by told.row_no
