-- put_orthophoto: an image, whose pieces are there; no row where another has the same content.
-- @id;  @county;  @name;  @imaged_on;  @extent  EWKB;  @epsg;  @width, @height  in pixels
-- @transform  six numbers;  @pixel_m;  @bytes;  @sha256
insert into orthophoto (id, county_code, name, imaged_on, extent, epsg, width, height, transform, pixel_m, bytes, sha256)
values (@id, @county, @name, @imaged_on, @extent::bytea::geometry, @epsg, @width, @height, @transform, @pixel_m, @bytes, @sha256)
on conflict (sha256) do nothing
returning id
