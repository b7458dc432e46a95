-- put_copy: the copy of an image for browsers, whose pieces follow, or why there is none; no row where there is a copy.
-- @id;  @fault  empty for a copy;  @bytes;  @sha256;  @west_m, @north_m, @pixel_m;  @widths, @heights  in pixels
insert into orthophoto_copy (orthophoto_id, fault, bytes, sha256, west_m, north_m, pixel_m, widths, heights)
values (@id, @fault, @bytes, @sha256, @west_m, @north_m, @pixel_m, @widths, @heights)
on conflict (orthophoto_id) do nothing
returning orthophoto_id
