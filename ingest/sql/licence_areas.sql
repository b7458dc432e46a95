-- licence_areas: of each licence number with a declared area, that and the area
-- of its shapes, all its rows together.
-- @dataset_id
select licence_no, min(source_row) as source_row, max(licensed_area_km2) * 1e6 as declared_m2, sum(ellipsoidal_area_m2 order by row_no) as measured_m2
from mining_right
where dataset_id = @dataset_id and licensed_area_km2 is not null
group by licence_no
order by 2
