-- add_footprint: the ground interpreted on a date; null ground is all ground of
-- the county's mines.
-- @dataset_id, @imaged_on;  @geom  EWKB or null
insert into footprint (dataset_id, imaged_on, geom)
values (@dataset_id, @imaged_on, polygons_of(@geom::geometry))
