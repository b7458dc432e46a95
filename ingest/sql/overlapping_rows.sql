-- overlapping_rows: the pairs of rows that bear different numbers and share over
-- @min_area_m2 of ground, the largest first; at most @max_rows, each with the number of
-- all. Of a file that was added, the pairs in which one of its rows stands. Of more than
-- @max_pairs pairs whose boxes meet only so many are looked at; looked_at_all tells, in a
-- row without a pair where there is none.
-- Written for layer_table, the layer's own table; layer_apart(a, b) tells rows that must
-- not share ground, layer_number(t) names them to people.
-- @dataset_id;  @file_no  the file;  @min_area_m2, @max_pairs, @max_rows
with candidate as materialized (
    select a.row_no as one_no, b.row_no as other_no, a.geom as one, b.geom as other
    from layer_table a
    join layer_table b on b.dataset_id = @dataset_id and b.geom && a.geom and layer_apart(a, b)
        and (b.file_no < @file_no or b.row_no < a.row_no)
    where a.dataset_id = @dataset_id and a.file_no = @file_no
    limit @max_pairs::bigint + 1
),
shared as materialized (
    select c.one_no, c.other_no, polygons_of(st_intersection(c.one, c.other)) as geom
    from (select * from candidate limit @max_pairs::bigint) c
),
measured as (
    select one_no, other_no, geom, ellipsoidal_area_m2(geom) as overlap_m2
    from shared
    where not st_isempty(geom)
),
counted as (
    select *, count(*) over () as pairs
    from measured
    where overlap_m2 > @min_area_m2::double precision
    order by overlap_m2 desc, one_no, other_no
    limit @max_rows
)
select a.source_row as one_row, layer_number(a) as one_number, b.source_row as other_row, b.file_no as other_file,
       layer_number(b) as other_number, c.overlap_m2, st_x(st_pointonsurface(c.geom)) as lon, st_y(st_pointonsurface(c.geom)) as lat,
       c.pairs, looked.at_all as looked_at_all
from (select count(*) <= @max_pairs::bigint as at_all from candidate) looked
left join counted c on true
left join layer_table a on a.dataset_id = @dataset_id and a.row_no = c.one_no
left join layer_table b on b.dataset_id = @dataset_id and b.row_no = c.other_no
order by c.overlap_m2 desc, c.one_no, c.other_no
