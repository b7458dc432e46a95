-- list_orthophotos: images, the last added first.
-- @county  only those of it, empty for all;  @before  only smaller numbers, 0 for all;  @most  how many
select id, county_code, name, imaged_on, st_xmin(extent) as west, st_ymin(extent) as south, st_xmax(extent) as east, st_ymax(extent) as north,
       epsg, width, height, transform, pixel_m, bytes, encode(sha256, 'hex') as sha256, added_at
from orthophoto
where (@county::text = '' or county_code = @county) and (@before::bigint = 0 or id < @before)
order by id desc
limit @most
