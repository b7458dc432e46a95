-- counties_of_licence: the counties that filed a licence.
-- @key  its number
select array_agg(distinct county_code) from mining_right where licence_no = @key
having count(*) > 0
order by 1
