-- PostGIS itself, and the plane in which areas are measured.
--
-- SRID 904490 is the cylindrical equal-area projection of the CGCS2000
-- ellipsoid, true at the equator (Snyder, USGS Professional Paper 1395, §10):
-- a plane area in it is the area on the ellipsoid, at a fifth of the cost of
-- st_area(geography). Edges must be dense, since only points are projected.

-- +goose Up
create extension if not exists postgis;

insert into spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
values (
    904490, 'taohe', 904490,
    'PROJCS["CGCS2000 / Cylindrical Equal Area",'
    'GEOGCS["China Geodetic Coordinate System 2000",'
    'DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
    'PROJECTION["Cylindrical_Equal_Area"],'
    'PARAMETER["standard_parallel_1",0],PARAMETER["central_meridian",0],'
    'PARAMETER["false_easting",0],PARAMETER["false_northing",0],'
    'UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]',
    '+proj=cea +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +a=6378137 +rf=298.257222101 +units=m +no_defs'
)
on conflict (srid) do nothing;

-- +goose Down
-- The extension stays: it may have been there before us, and dropping it would
-- take every geometry column of the database with it.
delete from spatial_ref_sys where srid = 904490 and auth_name = 'taohe';
