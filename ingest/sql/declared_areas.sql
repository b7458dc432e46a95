-- declared_areas: the areas that a file declares against those of the shapes:
-- the sums, and the row, or licence number of several rows, that differs most.
-- No row where nothing is declared.
-- Written for layer_table, the layer's own table; layer_declared_m2(t) is the declared
-- area of a row, layer_parcel(t) what one declared area speaks of.
-- @dataset_id;  @file_no  the file;  @tolerance  share from which a difference is noted
with parcel as materialized (
    select min(t.source_row) as source_row, max(layer_declared_m2(t)) as declared_m2,
           sum(t.ellipsoidal_area_m2 order by t.row_no) as measured_m2, (array_agg(t.row_no order by t.row_no))[1] as row_no
    from layer_table t
    where t.dataset_id = @dataset_id and t.file_no = @file_no and layer_declared_m2(t) is not null and t.ellipsoidal_area_m2 > 0
    group by layer_parcel(t)
),
total as (
    select count(*) as rows, sum(declared_m2 order by row_no) as declared_m2, sum(measured_m2 order by row_no) as measured_m2,
           count(*) filter (where abs(declared_m2 - measured_m2) > @tolerance::double precision * measured_m2) as over_tolerance
    from parcel
),
worst as (
    select * from parcel order by abs(declared_m2 / measured_m2 - 1) desc, row_no limit 1
)
select total.rows, total.declared_m2, total.measured_m2, total.over_tolerance, worst.source_row as worst_row,
       worst.declared_m2 as worst_declared_m2, worst.measured_m2 as worst_measured_m2,
       st_x(st_pointonsurface(t.geom)) as worst_lon, st_y(st_pointonsurface(t.geom)) as worst_lat
from total
cross join worst
join layer_table t on t.dataset_id = @dataset_id and t.row_no = worst.row_no
order by worst_row
