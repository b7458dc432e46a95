-- put_county: registers a county, or changes its name and extent.
-- @code, @name  the county;  @west, @south, @east, @north  degrees, EPSG:4490
insert into county (code, name, extent)
values (@code, @name, st_makeenvelope(@west, @south, @east, @north, 4490))
on conflict (code) do update set name = excluded.name, extent = excluded.extent
