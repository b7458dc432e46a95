-- put_orthophoto: an image, whose content follows in pieces.
-- @county;  @name;  @imaged_on;  @extent  EWKB;  @epsg;  @width, @height  in pixels
-- @transform  six numbers;  @pixel_m;  @bytes;  @sha256
insert into orthophoto (county_code, name, imaged_on, extent, epsg, width, height, transform, pixel_m, bytes, sha256)
values (@county, @name, @imaged_on, @extent::bytea::geometry, @epsg, @width, @height, @transform, @pixel_m, @bytes, @sha256)
returning id
