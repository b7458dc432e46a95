-- county_figures: what the listed ground adds up to, county by county.
-- @run_id
select county_code, rule_code, ownership, restored, places, ellipsoidal_area_m2, forest_m2, grassland_m2, forest_or_grassland_m2
from county_figure
where run_id = @run_id
order by county_code, rule_code, ownership, restored
