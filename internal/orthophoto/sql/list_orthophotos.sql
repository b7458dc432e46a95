-- list_orthophotos: images, the last added first, and what is known of their copies.
-- @county  only those of it, empty for all;  @before  only smaller numbers, 0 for all;  @most  how many
select o.id, o.county_code, o.name, o.imaged_on, st_xmin(o.extent) as west, st_ymin(o.extent) as south, st_xmax(o.extent) as east, st_ymax(o.extent) as north,
       o.epsg, o.width, o.height, o.transform, o.pixel_m, o.bytes, encode(o.sha256, 'hex') as sha256, o.added_at,
       coalesce(c.fault, '') as copy_fault, coalesce(c.bytes, 0) as copy_bytes, coalesce(encode(c.sha256, 'hex'), '') as copy_sha256,
       coalesce(c.west_m, 0) as copy_west_m, coalesce(c.north_m, 0) as copy_north_m, coalesce(c.pixel_m, 0) as copy_pixel_m,
       coalesce(c.widths, '{}') as copy_widths, coalesce(c.heights, '{}') as copy_heights
from orthophoto o
left join orthophoto_copy c on c.orthophoto_id = o.id
where (@county::text = '' or o.county_code = @county) and (@before::bigint = 0 or o.id < @before)
order by o.id desc
limit @most
