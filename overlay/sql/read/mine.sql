-- mine: one mine of a run.
-- @run_id, @licence_no
select licence_no, county_code, enterprise, coalesce(mine_name, '') as mine_name, coalesce(mining_method, '') as mining_method,
       coalesce(mineral, '') as mineral, coalesce(township, '') as township, valid_from, valid_to, renewal_accepted_on,
       top_elevation_m, bottom_elevation_m,
       geom, licence_ellipsoidal_area_m2, status, coalesce(error, '') as error, coalesce(encode(digest, 'hex'), '') as digest
from run_mine
where run_id = @run_id and licence_no = @licence_no
