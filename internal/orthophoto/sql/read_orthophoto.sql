-- read_orthophoto: an image, without its content.
-- @id
select id, county_code, name, imaged_on, st_xmin(extent) as west, st_ymin(extent) as south, st_xmax(extent) as east, st_ymax(extent) as north,
       epsg, width, height, transform, pixel_m, bytes, encode(sha256, 'hex') as sha256, added_at
from orthophoto
where id = @id
